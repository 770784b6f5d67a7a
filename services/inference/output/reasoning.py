"""Splits `<think>` reasoning from the answer, also where a tag is cut between two pieces."""

from typing import Literal

Channel = Literal["reasoning", "token"]
OPEN, CLOSE = "<think>", "</think>"


class ReasoningFilter:
    """Splits `<think>…</think>` from what follows, as it streams. `inside`: the model's template has opened the tag."""

    def __init__(self, inside: bool = False) -> None:
        self._held = ""
        self._channel: Channel = "reasoning" if inside else "token"

    def feed(self, text: str) -> list[tuple[Channel, str]]:
        """What can be told now: everything but a possible beginning of the next tag."""
        self._held += text
        told: list[tuple[Channel, str]] = []
        while self._tag in self._held:
            before, self._held = self._held.split(self._tag, 1)
            told.append((self._channel, before))
            self._channel = "token" if self._channel == "reasoning" else "reasoning"
        keep = _overlap(self._held, self._tag)
        told.append((self._channel, self._held[: len(self._held) - keep]))
        self._held = self._held[len(self._held) - keep :]
        return [(voice, part) for voice, part in told if part]

    def finish(self) -> list[tuple[Channel, str]]:
        """What was held back and turned out to be no tag."""
        held, self._held = self._held, ""
        return [(self._channel, held)] if held else []

    @property
    def _tag(self) -> str:
        return CLOSE if self._channel == "reasoning" else OPEN


def _overlap(text: str, tag: str) -> int:
    """How many characters at the text's end begin the tag."""
    return next((size for size in range(len(tag) - 1, 0, -1) if text.endswith(tag[:size])), 0)
