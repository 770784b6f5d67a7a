"""Removes from streamed output what a reader's browser would load or follow: images, raw HTML, foreign links."""

import re

from services.inference.output.citation_markers import marks_of
from shared.events import APART, HIDDEN

WORD = r"[a-z][a-z0-9+.-]{0,30}"
REST = r"[^\s<>\[\]()【】［］]{0,2000}"
LABEL = r"[^\[\]【】［］\n]{0,300}"
SPECIAL = re.compile(r"!?[\[【［]|[\]】］!<:]|[a-z]", re.IGNORECASE)
# Each construct, and what may still become one when the text goes on.
BRACKET = re.compile(rf"(!?)[\[【［]({LABEL})[\]】］](?:\(([^()\n]{{0,2000}})\))?")
BRACKET_OPEN = re.compile(rf"!?(?:[\[【［]{LABEL}(?:[\]】］](?:\([^()\n]{{0,2000}})?)?)?")
TAG = re.compile(r"<[a-z/!?][^<>]{0,2000}>", re.IGNORECASE)
TAG_OPEN = re.compile(r"<(?:[a-z/!?][^<>]{0,2000})?", re.IGNORECASE)
ADDRESS = re.compile(rf"(?:{WORD}://|www\.){REST}", re.IGNORECASE)
WORD_OPEN = re.compile(rf"{WORD}(?::/?)?|(?:{WORD}://|www\.){REST}", re.IGNORECASE)
HOST = re.compile(r"https?://([^/?#@\\\s\"'<>]+)(?:[/?#][^\s\"'<>]*)?", re.IGNORECASE)
REMOVED = "(link removed)"


class Sanitizer:
    """`passages` is the highest mark there is; links to `hosts` may pass."""

    def __init__(self, passages: int, hosts: frozenset[str] = frozenset()) -> None:
        self._passages, self._hosts = passages, hosts
        self._held = self._last = ""

    def feed(self, text: str) -> str:
        """What can be released now: all but the possible beginning of a construct."""
        self._held += HIDDEN.sub("", text)
        return "".join(self._released(final=False))

    def finish(self) -> str:
        """The rest."""
        return "".join(self._released(final=True))

    def _released(self, final: bool) -> list[str]:
        released: list[str] = []
        while self._held:
            found = SPECIAL.search(self._held)
            plain = found.start() if found else len(self._held)
            released.append(self._apart(self._held[:plain]))
            self._held = self._held[plain:]
            if not self._held or (not final and self._unsure()):
                break
            released.append(self._construct())
        return released

    def _unsure(self) -> bool:
        if self._held in (":", ":/"):
            return True
        return any(form.fullmatch(self._held) for form in (BRACKET_OPEN, TAG_OPEN, WORD_OPEN))

    def _construct(self) -> str:
        """Takes the construct at the beginning of what is held; gives what may be released of it."""
        if bracket := BRACKET.match(self._held):
            return self._bracket(bracket)
        if tag := TAG.match(self._held):
            return self._take(tag.end(), "")
        if address := ADDRESS.match(self._held):
            allowed = self._allowed(address[0])
            return self._take(address.end(), address[0] if allowed else REMOVED, exempt=allowed)
        if self._held.startswith("://"):
            return self._take(3, ": //")
        word = re.match(WORD, self._held, re.IGNORECASE)
        return self._take(word.end() if word else 1, word[0] if word else self._held[0])

    def _bracket(self, found: re.Match[str]) -> str:
        image, label, url = found.groups()
        if image:
            return self._take(1, "!") if url is None else self._take(found.end(), "")
        if (numbers := marks_of(label)) is not None:
            marks = "".join(f"[{n}]" for n in numbers if 1 <= n <= self._passages)
            return self._take(found.end(), marks, exempt=not self._last.endswith("!"))
        if url is None:
            return self._take(1, "[")
        if self._allowed(url) and not re.search(r"[<!:]|www", label):
            return self._take(found.end(), f"[{label}]({url})", exempt=True)
        self._held = label + self._held[found.end() :]
        return ""

    def _allowed(self, url: str) -> bool:
        host = HOST.fullmatch(url)
        return bool(host) and host[1].lower() in self._hosts  # type: ignore[index]

    def _take(self, size: int, text: str, exempt: bool = False) -> str:
        self._held = self._held[size:]
        return self._apart(text, exempt)

    def _apart(self, text: str, exempt: bool = False) -> str:
        edge = len(self._last)
        if text and not exempt and any(m.start() < edge < m.end() for m in APART.finditer(self._last + text)):
            text = f" {text}"
        self._last = (self._last + text)[-4:]
        return text
