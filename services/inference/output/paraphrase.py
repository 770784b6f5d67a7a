"""Cuts long verbatim runs of passages that may be summarised but not quoted."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from shared.language import HAN, KANA

RUN = 12  # words, or Chinese characters, that count as a quotation
LEAST = 4  # words of a short passage that is a quotation as a whole
GAP = "…"
MARK = r"\[\d{1,3}\]"
UNIT = re.compile(rf"{MARK}|[{HAN}{KANA}]|[^\W_{HAN}{KANA}]+")


@dataclass
class WordUnit:
    """A word or character with what follows it, or a mark, which is no word; `quoted` when it is part of a run."""

    word: str
    raw: str
    quoted: bool = False


class QuotationFilter:
    """Holds back `RUN` words of a stream, so that no word of a quotation leaves before it is known for one."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._runs = {run for text in texts for run in _runs(text)}
        self._lengths = {len(run) for run in self._runs}
        self._text, self._pending, self._in_gap = "", list[WordUnit](), False

    def feed(self, text: str) -> str:
        """What may leave by now."""
        if not self._runs:
            return text
        self._text += text
        whole = list(UNIT.finditer(self._text))
        # The last word may go on in what is to come.
        if len(whole) < 2:
            return ""
        cut = whole[-1].start() - (self._text[whole[-1].start() - 1] == "[")
        self._take(self._text[:cut])
        self._text = self._text[cut:]
        return self._leave(RUN - 1)

    def finish(self) -> str:
        """The rest."""
        self._take(self._text)
        self._text = ""
        return self._leave(0)

    def _take(self, text: str) -> None:
        found = list(UNIT.finditer(text))
        head = text[: found[0].start()] if found else text
        if head:
            self._pending.append(WordUnit("", head))
        for at, match in enumerate(found):
            end = found[at + 1].start() if at + 1 < len(found) else len(text)
            word = "" if match[0].startswith("[") else _plain(match[0])
            self._pending.append(WordUnit(word, text[match.start() : end]))
            self._note()

    def _note(self) -> None:
        words = [unit for unit in self._pending if unit.word]
        for length in self._lengths:
            last = words[-length:]
            if tuple(unit.word for unit in last) in self._runs:
                for unit in last:
                    unit.quoted = True

    def _leave(self, kept: int) -> str:
        """All but the last `kept` words."""
        told = list[str]()
        while sum(bool(unit.word) for unit in self._pending) > kept or (not kept and self._pending):
            unit = self._pending.pop(0)
            if not unit.quoted:
                told.append(unit.raw)
                self._in_gap = self._in_gap and not unit.word
            elif not self._in_gap:
                told.append(f"{GAP} ")
                self._in_gap = True
        return "".join(told)


def _runs(text: str) -> list[tuple[str, ...]]:
    words = [_plain(match[0]) for match in UNIT.finditer(text) if not match[0].startswith("[")]
    if LEAST <= len(words) < RUN:
        return [tuple(words)]
    return [tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)]


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()
