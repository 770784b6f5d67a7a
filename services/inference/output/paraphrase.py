"""An answer's text in, the same without long runs of words of passages that may be summed up but not quoted."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from services.inference.output.citation_markers import CITED
from shared.language import HAN, KANA

RUN = 12  # words, or Chinese characters, that count as a quotation
GAP = "…"
UNIT = re.compile(rf"[{HAN}{KANA}]|[^\W_{HAN}{KANA}]+")


@dataclass
class Unit:
    """A word or character with what follows it; `quoted` when it is part of a run of a passage."""

    word: str
    raw: str
    quoted: bool = False


class Paraphrase:
    """Holds back `RUN` words of a stream, so that no word of a quotation leaves before it is known for one."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._runs = {run for text in texts for run in _runs(text)}
        self._text, self._pending, self._in_gap = "", list[Unit](), False
        self.quoted = 0

    def feed(self, text: str) -> str:
        """What may leave by now."""
        if not self._runs:
            return text
        self._text += text
        whole = list(UNIT.finditer(self._text))
        # The last word may go on in what is to come.
        if len(whole) < 2:
            return ""
        cut = whole[-1].start()
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
            self._pending.append(Unit("", head))
        for at, match in enumerate(found):
            end = found[at + 1].start() if at + 1 < len(found) else len(text)
            self._pending.append(Unit(_plain(match[0]), text[match.start() : end]))
            self._mark()

    def _mark(self) -> None:
        words = [unit for unit in self._pending if unit.word][-RUN:]
        if len(words) == RUN and tuple(unit.word for unit in words) in self._runs:
            for unit in words:
                unit.quoted = True

    def _leave(self, kept: int) -> str:
        """All but the last `kept` words."""
        told = list[str]()
        while sum(bool(unit.word) for unit in self._pending) > kept or (not kept and self._pending):
            unit = self._pending.pop(0)
            if not unit.quoted:
                told.append(unit.raw)
            else:
                self.quoted += 1
                told.append(("" if self._in_gap else f"{GAP} ") + "".join(f"[{n}]" for n in CITED.findall(unit.raw)))
            self._in_gap = unit.quoted
        return "".join(told)


def _runs(text: str) -> list[tuple[str, ...]]:
    words = [_plain(match[0]) for match in UNIT.finditer(text)]
    return [tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)]


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()
