"""Stops text that repeats itself."""

import re
from typing import NamedTuple

SENTENCE = re.compile(r"(?:[^。！？!?\n.]|\.(?!\s))*(?:(?P<end>[。！？!?\n]+|\.(?=\s))|\Z)")
SENTENCES = 4  # of the longest round
LONG = 24  # bytes of a round's words; a shorter one, such as a list's, may be meant until it has come ...
TIMES = 4  # ... so often
MARK = re.compile(r"\[\d{1,3}\]?")
RUN = range(16, 200)  # characters that may come three times inside one sentence, and no more
WINDOW = 4000  # characters that are looked at


class RepetitionCheck(NamedTuple):
    """From where the text's end may be a repetition, and whether it is one."""

    start: int
    whole: bool


class RepetitionFilter:
    """Holds back what may be a round once more; `found` when it is, and then nothing more is told."""

    def __init__(self) -> None:
        self._text, self._told = "", 0
        self.found = False

    def feed(self, text: str) -> str:
        """What may be told now."""
        if self.found:
            return ""
        self._text += text
        return self._until(repeated(self._text))

    def finish(self) -> str:
        """What was held back, unless its last sentence makes it a round."""
        if self.found:
            return ""
        last = repeated(self._text + "\n")
        return self._until(last if last.whole else RepetitionCheck(len(self._text), False))

    def _until(self, found: RepetitionCheck) -> str:
        self.found = found.whole
        told = self._text[self._told : found.start]
        self._told = max(self._told, min(found.start, len(self._text)))
        cut = max(0, self._told - WINDOW)
        self._text, self._told = self._text[cut:], self._told - cut
        return told


def repeated(text: str) -> RepetitionCheck:
    """What at the text's end says again what stands right before it."""
    found = [(match.start(), _words(match[0]), bool(match["end"])) for match in SENTENCE.finditer(text)]
    starts = [start for start, words, _ in found if words]
    done = [words for _, words, ended in found if words and ended]
    begun = next((words for _, words, ended in found if words and not ended), "")
    for size in range(1, min(SENTENCES, len(done)) + 1):
        if _long(done[-size:]) and done[-2 * size :] == done[-size:] * 2:
            return RepetitionCheck(starts[len(done) - size], True)
        if done[-TIMES * size :] == done[-size:] * TIMES:
            return RepetitionCheck(len(text), True)
    if _runs(text[-3 * RUN.stop :]):
        return RepetitionCheck(len(text), True)
    back = max((n for n in range(SENTENCES) if _again(done, n, begun)), default=0)
    return RepetitionCheck(starts[len(done) - back] if back or (begun and _again(done, 0, begun)) else len(text), False)


def _again(done: list[str], back: int, begun: str) -> bool:
    """Whether the last `back` sentences and the one that has begun repeat the beginning of a round before them."""
    tail, before = done[len(done) - back :], done[: len(done) - back]
    rounds = (before[-size:] for size in range(back + 1, SENTENCES + 1) if size <= len(before))
    return any(_long(one) and one[:back] == tail and one[back].startswith(begun) for one in rounds)


def _long(round: list[str]) -> bool:
    return len("".join(round).encode()) >= LONG


def _words(text: str) -> str:
    """Letters and figures alone: a mark or a space more is no other sentence."""
    return re.sub(r"\W+", "", MARK.sub("", text)).lower()


def _runs(tail: str) -> bool:
    """Whether the same characters, words among them, come three times at the end."""
    ends = (tail[-size:] for size in RUN if tail.endswith(tail[-size:] * 3))
    return any(sum(character.isalpha() for character in end) > 4 for end in ends)
