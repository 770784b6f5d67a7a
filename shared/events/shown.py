"""Stored content that somebody is about to see."""

from typing import Literal

from shared.events.access import Principal
from shared.events.message import Event

QueryForm = Literal["answer", "recall", "conversation", "conversations", "feedback"]
DocumentForm = Literal["content", "page"]


class QueryShown(Event, subject="query.shown.v1"):
    """Old answers, or what people thought of them, are shown; `documents` (`id:revision`) are those they cite."""

    query: str = ""
    principal: Principal
    form: QueryForm
    queries: tuple[str, ...]
    documents: tuple[str, ...] = ()


class DocumentShown(Event, subject="document.shown.v1"):
    """A revision's bytes, or the text of a page, are shown."""

    document_id: str
    revision: int
    principal: Principal
    form: DocumentForm
    page: int | None = None
