"""A bus that the test holds in its hand: what is asked is answered, what is published is kept."""

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any

from shared.bus import Delivery
from shared.errors import Conflict, Refused
from shared.events import (
    Admit,
    Admitted,
    CheckLog,
    Event,
    FindNewest,
    LegalHolds,
    ListModels,
    LogSeen,
    MayRead,
    ModelNames,
    Newest,
    Principal,
    QueryAnswered,
    QueryAsked,
    Readable,
    ReadHolds,
    Request,
)
from shared.security.capability import Signer

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
        self.asked: list[Request[Any]] = []
        self.open = {"finance"}
        self.closed = set[str]()
        self.newest = dict[str, int]()
        self.replies: dict[type, Callable[[Any], Any]] = {
            Admit: self.admit,
            MayRead: lambda wanted: Readable(document_ids=tuple(set(wanted.document_ids) - self.closed)),
            FindNewest: lambda _: Newest(newest=self.newest),
            CheckLog: lambda _: LogSeen(),
            ReadHolds: lambda _: LegalHolds(holds=()),
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
        inside = (wanted.workspace,) if wanted.workspace else tuple(sorted(self.open))
        return Admitted(principal=who, workspaces=inside, capability="c", expires_at=wanted.expires_at)

    async def request(self, request: Request, timeout: float = 5.0) -> Any:  # noqa: ASYNC109
        if not isinstance(request, CheckLog | ReadHolds):
            self.asked.append(request)
        found = self.replies[type(request)](request)
        return await found if isawaitable(found) else found

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

    async def publish_ephemeral(self, event: Event) -> None:
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
