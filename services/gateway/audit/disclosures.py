"""Records stored content before it is shown: old answers, documents, pages, feedback."""

from collections.abc import Iterable

from services.gateway.context import GatewayContext
from shared.events import DocumentForm, DocumentShown, Principal, QueryAnswered, QueryForm, QueryShown


async def show_document(
    context: GatewayContext,
    principal: Principal,
    document: str,
    revision: int,
    form: DocumentForm,
    page: int | None = None,
) -> None:
    """Kept when this returns; `Unavailable` when that is impossible, and then nothing is shown."""
    await context.log.require()
    shown = DocumentShown(document_id=document, revision=revision, form=form, page=page, principal=principal)
    await context.bus.publish(shown)


async def show_answer(
    context: GatewayContext, principal: Principal, answer: QueryAnswered, form: QueryForm = "answer"
) -> None:
    """The same for an old answer."""
    documents = [f"{citation.document_id}:{citation.revision}" for citation in answer.citations]
    await show_queries(context, principal, [answer.query], form, documents)


async def show_queries(
    context: GatewayContext,
    principal: Principal,
    queries: Iterable[str],
    form: QueryForm,
    documents: Iterable[str] = (),
) -> None:
    """The same for several at once: a conversation, or what people thought of answers."""
    await context.log.require()
    known = tuple(dict.fromkeys(queries))
    about = known[0] if len(known) == 1 else ""
    shown = QueryShown(query=about, form=form, queries=known, documents=tuple(documents), principal=principal)
    await context.bus.publish(shown)
