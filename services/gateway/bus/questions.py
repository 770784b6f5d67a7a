"""Turns `ask.<client>` messages into queries or signed refusals. The subject tells who asks."""

from datetime import UTC, datetime, timedelta

import orjson
from pydantic import ValidationError

from services.gateway.audit.disclosures import show_answer
from services.gateway.context import GatewayContext
from services.gateway.http.errors import invalid
from services.gateway.http.schemas import worded
from services.gateway.queries.answers import proven, refusal, refuse
from services.gateway.queries.citation_access import gone, readable_by
from services.gateway.queries.parameters.answer_format import answer_schema
from services.gateway.queries.parameters.request_data import fragments, named
from services.gateway.queries.parameters.topics import classifier, must_be_allowed
from shared.bus import Delivery
from shared.errors import Refused, RetryLater, Unavailable
from shared.events import (
    Admit,
    Admitted,
    Ask,
    Credential,
    Principal,
    QueryAnswered,
    QueryAsked,
    QueryStreamed,
    StepFailed,
    query_id,
)
from shared.field_names import unknown_field

ATTEMPTS = 5
KEY = 200
ANSWER_KEYS = "answer_keys"
NO_MESSAGE_ID = (
    "Questions take no header `Nats-Msg-Id`, which others on the bus can learn. Leave it out: the same `key` in the "
    "body gets the same answer."
)


async def take(context: GatewayContext, message: Delivery) -> None:
    """One message: asked, answered again, or refused; while a part is missing it comes again."""
    client, query = _whose(message)
    try:
        await context.log.require()
        if "Nats-Msg-Id" in message.headers:
            raise Refused("header_refused", NO_MESSAGE_ID, 400)
        if not await _again(context, client, query):
            await _ask(context, _parsed(client, message.data), client, query, message.sequence)
    except Unavailable as unavailable:
        if message.attempt < ATTEMPTS:
            raise RetryLater(2**message.attempt, unavailable.error) from unavailable
        await give_up(context, message, unavailable)
    except Refused as refused:
        await give_up(context, message, refused)


async def repeat(context: GatewayContext, message: Delivery) -> None:
    """`recall.<client>` with a query id: the stored answer once more; with `answer_keys`: what proves answers."""
    client, query = message.subject.split(".")[1], message.data.decode(errors="replace").strip()
    if query == ANSWER_KEYS:
        # Never to the reply subject, which may be another client's.
        await context.bus.send(f"stream.{client}.{ANSWER_KEYS}", orjson.dumps(context.verifier.texts))
    if len(query) == 32 and query.isalnum():
        await _again(context, client, query)


async def _again(context: GatewayContext, client: str, query: str) -> bool:
    """The first answer, byte for byte, if there is one; a refusal when what it cites is no longer open."""
    stored = await context.bus.last("ANSWERS", f"answer.{client}.{query}")
    if stored is None:
        return False
    answer = proven(context, stored, client)
    if answer is None or await readable_by(context, answer, client):
        if answer:
            await show_answer(context, Principal(id=f"app:{client}", name=client), answer, "recall")
        headers = {name: value for name, value in stored.headers.items() if not name.startswith("Nats-")}
        await context.bus.send(f"answered.{client}.{query}", stored.data, headers)
    else:
        await _closed(context, answer)
    return True


async def _closed(context: GatewayContext, answer: QueryAnswered) -> None:
    """Told, never stored: the answer stays what it was, and may be open again one day."""
    told = refusal(answer.client, answer.query, gone(), answer.principal, answer.key)
    body = told.model_dump_json().encode()
    await context.bus.send(
        f"answered.{answer.client}.{answer.query}", body, context.signer.headers(told.address(), body)
    )


async def _ask(context: GatewayContext, ask: Ask, client: str, query: str, sequence: int) -> None:
    now = datetime.now(UTC)
    until = now + timedelta(seconds=context.settings.edge_answer_seconds)
    admitted: Admitted = await context.bus.request(
        Admit(
            query=query,
            credential=Credential(client=client, sequence=sequence),
            on_behalf_of=ask.on_behalf_of,
            workspace=ask.workspace,
            workspaces=ask.workspaces,
            action="ask",
            counted=True,
            expires_at=until,
        )
    )
    must_be_allowed(admitted.topics, ask.question, classifier(context.settings.topic_classifier))
    asked = QueryAsked(
        query=query,
        client=client,
        principal=admitted.principal,
        capability=admitted.capability,
        question=ask.question,
        workspace=ask.workspace,
        workspaces=ask.workspaces,
        lane=ask.lane,
        expires_at=until,
        asked_at=now,
        key=ask.key,
        named=named(ask.named_query, ask.parameters),
        fragments=fragments(ask.data),
        answer_schema=answer_schema(ask.response_format),
    )
    await context.bus.publish(asked)
    await context.bus.publish_ephemeral(QueryStreamed(query=query, client=client, kind="progress", stage="asked"))


def _parsed(client: str, body: bytes) -> Ask:
    try:
        found = orjson.loads(body)  # names what is wrong with it, and takes no broken Unicode
        if words := unknown_field(found, Ask.model_fields):
            raise Refused("invalid", words, 400)
        ask = Ask.model_validate_json(body, strict=True)
    except orjson.JSONDecodeError as error:
        raise Refused("invalid", f"The message is not valid JSON ({error.msg}). Correct it.", 400) from error
    except ValidationError as error:
        raise Refused("invalid", invalid(error.errors()).error, 400) from error
    if ask.client not in ("", client):
        raise Refused("invalid", f"The field 'client' is not yours to set: you are {client!r}. Leave it out.", 400)
    if ask.key is not None and not 0 < len(ask.key) <= KEY:
        raise Refused("invalid", f"The field 'key' must have 1 to {KEY} characters. Correct it.", 400)
    return ask.model_copy(update={"question": worded(ask.question)})


def _whose(message: Delivery) -> tuple[str, str]:
    client = message.subject.split(".")[1]
    return client, query_id(client, _key(message.data) or f"seq:{message.sequence}")


def _key(body: bytes) -> str | None:
    """The idempotency key, also of a message that is wrong otherwise, so that its sender knows which was refused."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    key = found.get("key") if isinstance(found, dict) else None
    return key if isinstance(key, str) and 0 < len(key) <= KEY else None


async def give_up(context: GatewayContext, message: Delivery, refused: Refused) -> None:
    """A message refused for good: its sender and FAILED both hear why."""
    client, query = _whose(message)
    await refuse(context, client, query, refused, principal=f"app:{client}", key=_key(message.data))
    failed = StepFailed(
        service="gateway",
        event=message.subject,
        about=query,
        client=client,
        error=refused.error,
        reason=refused.reason,
        status=refused.status,
        values=refused.values,
        attempts=message.attempt,
        principal=f"app:{client}",
        key=_key(message.data),
    )
    await context.bus.publish(failed)
