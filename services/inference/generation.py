"""Generates the answer to one query, and tracks cancelled queries."""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from services.inference.engines.registry import EngineFailed, Message
from services.inference.output.answer_buffer import AnswerBuffer
from services.inference.output.citation_markers import CITED
from services.inference.output.citations import citations, owed
from services.inference.output.figures import unfounded
from services.inference.output.paraphrase import QuotationFilter
from services.inference.output.reasoning import ReasoningFilter
from services.inference.output.sanitizer import Sanitizer
from services.inference.output.stated_rows import stated
from services.inference.output.token_stream import TokenStream
from services.inference.prompt.messages import VERSION, Prompt, not_held
from services.inference.settings import InferenceSettings
from shared.errors import Refused
from shared.events import Citation, Passage, Provenance, QueryAnswered, QueryReady, Usage

MARKS = 999
REMEMBERED = 10_000  # cancelled queries whose message may still come


class AnswerGeneration:
    """One attempt at one query."""

    def __init__(
        self,
        query: QueryReady,
        voice: TokenStream,
        settings: InferenceSettings,
        prompt: Prompt | None = None,
        summarised: Collection[str] = (),
    ) -> None:
        self._query, self._voice, self._settings = query, voice, settings
        self._passages: tuple[Passage, ...] = prompt.passages if prompt else ()
        self.messages: tuple[Message, ...] = prompt.messages if prompt else ()
        self.grammar = prompt.grammar if prompt else ""
        self.model: str | None = None
        self.digest, self.settings = "", dict[str, float]()
        self._form = False
        # Without passages there are no marks: brackets are the model's own, and stay.
        marks = MARKS if query.plain else len(self._passages)
        cleaner, thoughts = (Sanitizer(marks, settings.inference_hosts) for _ in range(2))
        # Of these passages only sums may leave.
        self._summed = tuple(passage for passage in self._passages if passage.workspace in summarised)
        paraphrase = QuotationFilter([passage.text for passage in self._summed])
        thinking = ReasoningFilter(settings.inference_thinks_first)
        self.draft = AnswerBuffer(voice, cleaner, thoughts, thinking, paraphrase, bool(self._summed))

    async def state_rows(self) -> None:
        """Rows of business sources in words that no model wrote, before anything that one does."""
        hidden = frozenset(passage.workspace for passage in self._summed)
        if text := stated(self._passages, self._settings.inference_hosts, hidden):
            await self.draft.add(f"{text}\n\n")

    async def fill(self, text: str, usage: Usage) -> None:
        """JSON that fits the caller's schema; every passage that was read is cited beside it, not in it."""
        self._form = True
        self.draft.usage = usage
        await self.draft.add(text)

    async def not_held(self) -> QueryAnswered:
        """The honest reply when there is nothing to read; no engine is asked."""
        await self.draft.add(not_held(self._query.question))
        await self._note()
        await self._voice.close()
        return self._event(cancelled=False)

    async def answered(self, cancelled: bool) -> QueryAnswered:
        """What has been drawn, with the marks it still owes; a cancelled answer stays as it is."""
        await self.draft.end()
        if not self.draft.text and not cancelled:
            raise _empty(self._voice.attempt)
        if self._summed and not any(map(str.isalnum, CITED.sub("", self.draft.text))):
            raise repeated()
        if not cancelled and not self._form and not self._query.plain:
            text = owed(self.draft.text, self._query.question, self._passages, self._settings.packaged)
            await self.draft.add(text)
            await self._note()
        await self._voice.close()
        return self._event(cancelled)

    async def _note(self) -> None:
        for note in self._query.notes:
            await self.draft.add(f"\n\n{note}")

    def _event(self, cancelled: bool) -> QueryAnswered:
        return QueryAnswered(
            query=self._query.query,
            client=self._query.client,
            principal=self._query.principal.id,
            key=self._query.key,
            answer=self.draft.text,
            citations=self._citations(),
            documents=self._documents(),
            summarised=tuple(sorted({passage.workspace for passage in self._summed})),
            unfounded=() if self._query.plain else unfounded(self.draft.text, self._query.question, self._passages),
            model=self.model,
            model_digest=self.digest,
            settings=self.settings,
            prompt=VERSION,
            usage=self.draft.usage,
            finish="cancelled" if cancelled else self.draft.finish or "stop",
            attempt=self._voice.attempt,
            answered_at=datetime.now(UTC),
        )

    def _citations(self) -> tuple[Citation, ...]:
        """Of what may only be summed up the title alone."""
        # A form holds no marks: everything that was read for it is named beside it.
        marks = "".join(f"[{n}]" for n in range(1, len(self._passages) + 1)) if self._form else self.draft.text
        found = citations(marks, self._query.about, self._passages)
        summed = {passage.workspace for passage in self._summed}
        bare = {
            "document_id": "",
            "revision": 0,
            "page": 0,
            "heading": "",
            "quote": "",
            "start": 0,
            "end": 0,
            "data": None,
        }
        return tuple(one.model_copy(update=bare) if one.workspace in summed else one for one in found)

    def _documents(self) -> tuple[Provenance, ...]:
        """All that it was made from, by way of earlier answers too."""
        mine = (Provenance(document_id=one.document_id, workspace=one.workspace) for one in self._passages)
        earlier = (document for turn in self._query.history for document in turn.documents)
        return tuple(dict.fromkeys([*mine, *earlier]))


class CancelledQueries:
    """Queries that were cancelled, running or not yet come."""

    def __init__(self) -> None:
        self._queries: OrderedDict[str, None] = OrderedDict()
        self._running: dict[str, asyncio.Task[None]] = {}

    def __contains__(self, query: str) -> bool:
        return query in self._queries

    def add(self, query: str) -> None:
        """Stop it when it runs, and do not begin it later."""
        self._queries[query] = None
        while len(self._queries) > REMEMBERED:
            self._queries.popitem(last=False)
        if task := self._running.get(query):
            task.cancel()

    @contextmanager
    def stops(self, query: str, task: asyncio.Task[None]) -> Iterator[asyncio.Task[None]]:
        """Cancelling the query ends the block quietly; anything else that ends it is raised."""
        self._running[query] = task
        try:
            yield task
        except asyncio.CancelledError:
            if query not in self:
                raise
        finally:
            del self._running[query]


def _empty(attempt: int) -> Exception:
    if attempt == 1:
        return EngineFailed("The model wrote nothing.")
    return Refused("empty_answer", "The model wrote nothing, twice. Put the question differently.", 502)


def repeated() -> Refused:
    """A summary was allowed alone, and the model gave the passages back."""
    words = "You may have summaries of these documents alone, and the model repeats them word by word."
    return Refused("not_summarised", f"{words} Ask for a summary, or ask an administrator for a larger model.", 409)
