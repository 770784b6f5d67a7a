"""A gateway for one test, and the events that it is given."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from fastapi import FastAPI

from services.gateway.context import GatewayContext
from services.gateway.handlers import install, service
from services.gateway.sessions.sealing import Sealer
from services.gateway.settings import GatewaySettings
from shared.events import (
    Citation,
    DocumentState,
    QueryAnswered,
    QueryAsked,
    QueryStreamed,
)
from shared.security.capability import Signer, Verifier
from shared.settings import Settings
from shared.sql.database import Database
from tests.services.support.bus_double import ALICE, AUTH, TestBus

__all__ = ["ALICE", "AUTH", "BOB", "STATE", "TestBus", "answered", "gateway", "question", "token"]
BOB = {"Authorization": "Bearer bob-token"}
STATE = DocumentState(
    document_id="d1", revision=1, title="报告.pdf", workspace="finance", status="received", object="o1"
)


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
    """`context`, `bus` and an HTTP client `http` of one gateway."""
    make_keys(home)
    database = Database("gateway", Settings(home=home))
    await database.migrate()
    bus = TestBus(Signer("inference", home / "inference.key"))
    signer = Signer("gateway", home / "gateway.key")
    (home / "sessions.key").write_bytes(Fernet.generate_key())
    own, sealer = GatewaySettings(**settings), Sealer(home / "sessions.key")
    context = GatewayContext(bus, Verifier(home), signer, database, own, sealer, home)  # type: ignore[arg-type]
    service.context = context
    app = FastAPI(docs_url=None, redoc_url=None)
    app.include_router(service.routes)
    install(app)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield SimpleNamespace(context=context, bus=bus, http=http, app=app)
    await database.close()
