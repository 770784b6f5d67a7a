"""One reader's view of a query's events: text moves forward only and ends with the stored answer."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal
from zlib import crc32

from services.gateway.queries.pending_queries import PendingQuery
from shared.events import QueryAnswered, QueryStreamed

Name = Literal["progress", "sources", "token", "reasoning", "restart", "answer", "beat"]


@dataclass(slots=True)
class StreamEvent:
    """One event for a reader; `place` resumes after it: characters sent, and a checksum of them."""

    name: Name
    data: Any = None
    place: str = ""


class StreamReader:
    """One open reader of a call. `place` is where an earlier reader of the same caller stopped."""

    def __init__(self, call: PendingQuery, place: str = "", beat: float = 15) -> None:
        self._call, self._beat = call, beat
        self._claimed, self._sent, self._thought = _parsed(place), "", 0
        self._progress: QueryStreamed | None = None
        self._shown = False
        self._attempt = call.attempt

    async def __aiter__(self) -> AsyncIterator[StreamEvent]:
        woken = asyncio.Event()
        self._call.woken.add(woken)
        try:
            with self._call.read():
                while not self._call.answer:
                    woken.clear()
                    for heard in self._news():
                        yield heard
                    if not await _within(woken, self._beat):
                        yield StreamEvent("beat")
                for heard in self._news():
                    yield heard
                yield StreamEvent("answer", self._call.answer, self.place)
        finally:
            self._call.woken.discard(woken)

    @property
    def newest(self) -> dict[str, int] | None:
        """The revisions that are found now, by document, when the answer is an old one."""
        return self._call.newest

    @property
    def place(self) -> str:
        return f"{len(self._sent)}-{crc32(self._sent.encode()):08x}"

    def _news(self) -> list[StreamEvent]:
        call, news = self._call, []
        if call.progress is not self._progress and not call.answer:
            self._progress = call.progress
            news.append(StreamEvent("progress", call.progress, self.place))
        if call.sources and not self._shown:
            self._shown = True
            news.append(StreamEvent("sources", call.sources, self.place))
        if call.attempt != self._attempt:
            self._attempt, self._thought = call.attempt, 0
        if len(call.reasoning) > self._thought:
            news.append(StreamEvent("reasoning", call.reasoning[self._thought :], self.place))
            self._thought = len(call.reasoning)
        return news + self._text(final(call.answer) if call.answer else call.text, bool(call.answer))

    def _text(self, text: str, ended: bool) -> list[StreamEvent]:
        news: list[StreamEvent] = []
        if self._claimed and not self._resume(text, ended):
            return news
        if not text.startswith(self._sent):
            # A new worker's text is held back while it only repeats what was sent.
            if self._sent.startswith(text) and not ended:
                return news
            self._sent = ""
            news.append(StreamEvent("restart", None, self.place))
        if len(text) > len(self._sent):
            piece, self._sent = text[len(self._sent) :], text
            news.append(StreamEvent("token", piece, self.place))
        return news

    def _resume(self, text: str, ended: bool) -> bool:
        length, checksum = self._claimed or (0, 0)
        if len(text) < length and not ended:
            return False
        if crc32(text[:length].encode()) == checksum and len(text) >= length:
            self._sent = text[:length]
        else:
            self._sent = "\0"  # what was read is no beginning of this text: start over
        self._claimed = None
        return True


def final(answer: QueryAnswered | None) -> str:
    """The text of an answer, empty for a refusal."""
    return (answer.answer or "") if answer else ""


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


def _parsed(place: str) -> tuple[int, int] | None:
    try:
        length, checksum = place.split("-")
        found = int(length), int(checksum, 16)
    except ValueError:
        return None
    return found if found[0] > 0 else None
