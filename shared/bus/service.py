"""A service declares what it consumes, subscribes to, replies to and publishes. Nothing here connects to anything."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from fastapi import APIRouter, FastAPI

from shared.errors import Unavailable
from shared.events import Event, Request

if TYPE_CHECKING:
    from shared.bus.connection import Bus

Handler = TypeVar("Handler", bound=Callable[..., Any])
Context = TypeVar("Context")
Setting = Any  # a value, or a function without parameters that gives it when the service starts
Lifespan = Callable[["Bus"], AsyncIterator[Context]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One way in. `options` are values, or functions that give them when the service starts."""

    kind: Literal["consume", "batch", "subscribe", "subject", "reply"]
    handler: Callable[..., Any]
    message: Any
    options: dict[str, Setting] = field(default_factory=dict)

    def option(self, name: str, default: Any = None) -> Any:
        value = self.options.get(name, default)
        return value() if callable(value) else value


class Service(Generic[Context]):
    """A name, its edges, and the context that its lifespan yields.

    A handler gets its message first. Further parameters are found by their types: `Bus`, `Delivery`, or the context.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.edges: list[Endpoint] = []
        self.published: dict[Callable[..., Any], tuple[type[Event], ...]] = {}
        self.checks: dict[str, Callable[[], Awaitable[None]]] = {}
        self.routes = APIRouter()
        self.install: Callable[[FastAPI], None] | None = None
        self.callout: Callable[[bytes, dict[str, str]], Awaitable[bytes]] | None = None
        self.run: Lifespan[Context] | None = None
        self._context: Context | None = None

    @property
    def context(self) -> Context:
        """What the lifespan opened; `Unavailable` before it has."""
        if self._context is None:
            raise Unavailable("Cloister is starting. Try again in a few seconds.", "starting")
        return self._context

    @context.setter
    def context(self, opened: Context | None) -> None:
        self._context = opened

    def include(self, part: "Service[Context]") -> None:
        """Takes over what `part` declares, which a module of its own holds."""
        self.edges += part.edges
        self.published |= part.published
        self.checks |= part.checks

    def _edge(self, kind: Any, message: Any, options: dict[str, Setting]) -> Callable[[Handler], Handler]:
        def declare(handler: Handler) -> Handler:
            self.edges.append(Endpoint(kind, handler, message, options))
            return handler

        return declare

    def consume(self, event: type[Event], **options: Setting) -> Callable[[Handler], Handler]:
        """Each stored event once, by one replica, with retries.

        Options: `slots` handlers run at a time; `attempts` before it goes to FAILED; `raw` gives the handler bytes;
        `held` leaves the acknowledgement to the handler.
        """
        return self._edge("consume", event, options)

    def consume_batch(self, *streams: str, **options: Setting) -> Callable[[Handler], Handler]:
        """Everything stored on these streams, as lists of up to `size` deliveries."""
        return self._edge("batch", streams, options)

    def subscribe(self, event: type[Event], **fields: Setting) -> Callable[[Handler], Handler]:
        """Each event as it is published, on every replica, at most once; `fields` fix parts of the subject."""
        return self._edge("subscribe", event, fields)

    def subscribe_subject(self, subject: str) -> Callable[[Handler], Handler]:
        """A subject that has no event class, such as the server's advisories, as deliveries."""
        return self._edge("subject", subject, {})

    def reply(self, request: type[Request[Any]]) -> Callable[[Handler], Handler]:
        """A request from another service; what the handler returns is the reply."""
        return self._edge("reply", request, {})

    def publishes(self, *events: type[Event]) -> Callable[[Handler], Handler]:
        """Declares events. What the handler returns is published before its message is acknowledged."""

        def declare(handler: Handler) -> Handler:
            self.published[handler] = events
            return handler

        return declare

    def lifespan(self, run: Lifespan[Context]) -> Lifespan[Context]:
        """An async generator that opens the context before the first message, yields it, and closes it at the end."""
        self.run = run
        return run

    def check(self, name: str) -> Callable[[Handler], Handler]:
        """A readiness check: raises an error that says what is wrong and what to do."""

        def declare(handler: Handler) -> Handler:
            self.checks[name] = handler
            return handler

        return declare
