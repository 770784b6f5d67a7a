"""A gateway on a bus that the test holds in its hand: what it asks is answered, what it publishes is kept."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from fastapi import FastAPI

from services.gateway.desk import Desk
from services.gateway.handlers import install, service
from services.gateway.settings import GatewaySettings
from shared.bus import Delivery
from shared.capability import Signer, Verifier
from shared.database import Database
from shared.errors import Conflict, Refused
from shared.events import (
    Admit,
    Admitted,
    Citation,
    Event,
    ListModels,
    ModelNames,
    Principal,
    QueryAnswered,
    QueryAsked,
    QueryStreamed,
    Request,
)
from shared.settings import Settings

ALICE = Principal(id="person:alice", name="alice", department="finance")
TOKENS = {
    "alice-token": ALICE,
    "bob-token": Principal(id="person:bob", name="bob"),
    "key": Principal(id="app:erp", name="erp"),
}
AUTH = {"Authorization": "Bearer alice-token"}


class TestBus:
    """Keeps what is published; `replies` answer requests by class; `then` runs after a question is published."""

    __test__ = False

    def __init__(self, signer: Signer) -> None:
        self.signer = signer
        self.published: list[Event] = []
        self.told: list[Event] = []
        self.sent: list[tuple[str, bytes, dict[str, str]]] = []
        self.stored: dict[str, Delivery] = {}
        self.objects: dict[str, bytes] = {}
        self.asked: list[Request] = []
        self.open = {"finance"}
        self.replies: dict[type, Callable[[Any], Any]] = {
            Admit: self.admit,
            ListModels: lambda _: ModelNames(models=("m",)),
        }
        self.then: Callable[[QueryAsked], Awaitable[None]] | None = None
        self.failure: Exception | None = None

    def admit(self, wanted: Admit) -> Admitted:
        who = TOKENS.get(wanted.credential.token)
        if wanted.credential.client:
            who = Principal(id=f"app:{wanted.credential.client}", name=wanted.credential.client)
        if who is None:
            raise Refused("unauthenticated", "The token is not valid. Sign in again.", 401)
        if wanted.workspace and wanted.workspace not in self.open:
            raise Refused("workspace_not_found", "There is no such workspace, or it is not open to you.", 404)
        return Admitted(principal=who, workspaces=tuple(self.open), capability="c", expires_at=wanted.expires_at)

    async def ask(self, request: Request, timeout: float = 5.0) -> Any:  # noqa: ASYNC109
        self.asked.append(request)
        return self.replies[type(request)](request)

    async def publish(self, event: Event, *, headers: dict[str, str] | None = None, absent: bool = False) -> None:
        if self.failure:
            raise self.failure
        address = event.address()
        if absent and address in self.stored:
            raise Conflict(address)
        self.published.append(event)
        self.stored[address] = Delivery(
            address, headers or {}, event.model_dump_json().encode(), "S", len(self.stored) + 1
        )
        if isinstance(event, QueryAsked) and self.then:
            await self.then(event)

    async def tell(self, event: Event) -> None:
        self.told.append(event)

    async def send(self, subject: str, data: bytes, headers: dict[str, str] | None = None) -> None:
        self.sent.append((subject, data, headers or {}))

    async def last(self, stream: str, subject: str) -> Delivery | None:
        return self.stored.get(subject)

    async def message(self, stream: str, sequence: int) -> Delivery | None:
        return next((kept for kept in self.stored.values() if kept.sequence == sequence), None)

    async def put_object(self, name: str, data: bytes) -> None:
        self.objects[name] = data

    async def get_object(self, name: str) -> bytes:
        return self.objects[name]

    async def delete_object(self, name: str) -> None:
        self.objects.pop(name, None)

    def of(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.published if type(event) is kind]

    async def store(self, answer: QueryAnswered) -> Delivery:
        """As a worker does: signed, stored once."""
        await self.publish(
            answer, headers=self.signer.headers(answer.address(), answer.model_dump_json().encode()), absent=True
        )
        return self.stored[answer.address()]


def answered(asked: QueryAsked, text: str = "The margin was 41 % [1].", **fields: Any) -> QueryAnswered:
    cited = Citation(
        n=1, document_id="d1", revision=1, workspace="finance", title="q4.pdf", page=3, heading="Margin", quote="41 %"
    )
    given = {"answer": text, "citations": (cited,), "model": "m", "finish": "stop"} | fields
    return QueryAnswered(
        query=asked.query,
        client=asked.client,
        principal=asked.principal.id,
        key=asked.key,
        answered_at=datetime.now(UTC),
        **given,
    )


def token(asked: QueryAsked, n: int, text: str, attempt: int = 1) -> QueryStreamed:
    return QueryStreamed(query=asked.query, client=asked.client, kind="token", n=n, text=text, attempt=attempt)


def question(query: str = "0" * 32, client: str = "gateway") -> QueryAsked:
    now = datetime.now(UTC)
    return QueryAsked(
        query=query,
        client=client,
        principal=ALICE,
        capability="c",
        question="q",
        asked_at=now,
        expires_at=now + timedelta(60),
    )


def make_keys(folder: Path) -> None:
    for name in ("gateway", "inference", "stranger"):
        key = Ed25519PrivateKey.generate()
        (folder / f"{name}.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        if name != "stranger":
            public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            (folder / f"{name}.pub").write_bytes(public)


@asynccontextmanager
async def gateway(home: Path, **settings: Any) -> AsyncIterator[Any]:
    """`desk`, `bus` and an HTTP client `http` of one gateway."""
    make_keys(home)
    database = Database("gateway", Settings(home=home))
    await database.migrate()
    bus = TestBus(Signer("inference", home / "inference.key"))
    signer = Signer("gateway", home / "gateway.key")
    desk = Desk(bus, Verifier(home), signer, database, GatewaySettings(**settings))  # type: ignore[arg-type]
    service.state["desk"] = desk
    app = FastAPI(docs_url=None, redoc_url=None)
    app.include_router(service.routes)
    install(app)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield SimpleNamespace(desk=desk, bus=bus, http=http, app=app)
    await database.close()
