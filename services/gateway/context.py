"""The context of the gateway: bus, pending queries, keys and tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from services.gateway.administration.feedback_store import FeedbackStore
from services.gateway.attachments.repository import Attachments
from services.gateway.audit.guard import LogGuard
from services.gateway.history.erased import ErasedPersons
from services.gateway.history.pending import PendingTurns
from services.gateway.history.repository import History
from services.gateway.queries.conversations import Conversations
from services.gateway.queries.pending_queries import PendingQueries
from services.gateway.sessions.credentials import SessionTokens
from services.gateway.sessions.repository import BrowserSessions
from services.gateway.sessions.sealing import Sealer
from services.gateway.settings import GatewaySettings
from services.gateway.sharing.repository import Shared
from shared.bus import Bus
from shared.fairness import PersonShares
from shared.security.capability import Signer, Verifier
from shared.security.revocation import Revocations
from shared.sql.database import Database

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

SEARCHES = 4  # of one person that retrieval has at a time; embeddings too
MOST_SEARCHES = 64  # that wait here


class GatewayContext:
    """Opened by the gateway's lifespan, handed to each route and handler."""

    def __init__(
        self,
        bus: Bus,
        verifier: Verifier,
        signer: Signer,
        database: Database,
        settings: GatewaySettings,
        sealer: Sealer,
        home: Path,
    ) -> None:
        self.bus, self.verifier, self.signer = bus, verifier, signer
        self.database, self.settings = database, settings
        self.conversations, self.history = Conversations(database), History(database)
        self.pending = PendingTurns(database)
        self.opinions, self.shared = FeedbackStore(database), Shared(database)
        self.attachments = Attachments(database)
        self.log = LogGuard(bus)
        self.erased = ErasedPersons(database, settings.erased or home / "erased.jsonl")
        self.sessions = BrowserSessions(database, sealer)
        self.session_tokens = SessionTokens(bus, self.sessions)
        self.searches = PersonShares(SEARCHES, MOST_SEARCHES)
        self.mcp: StreamableHTTPSessionManager | None = None  # while it is switched on and runs
        self.waiting, self.revocations = PendingQueries(settings.resumable), Revocations()


async def running_context(request: Request) -> GatewayContext:
    """Dependency of routes: the running gateway's context; `Unavailable` until it runs."""
    context: GatewayContext = request.app.state.gateway.context
    return context


Context = Annotated[GatewayContext, Depends(running_context)]
