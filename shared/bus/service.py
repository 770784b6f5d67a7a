"""A service declares its edges: what it hears, answers and emits. Nothing here connects to anything."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from fastapi import APIRouter, FastAPI

from shared.events import Event, Request

if TYPE_CHECKING:
    from shared.bus.connection import Bus

Handler = TypeVar("Handler", bound=Callable[..., Any])
Setting = Any  # a value, or a function without parameters that gives it when the service starts


@dataclass(frozen=True, slots=True)
class Edge:
    """One way in. `options` are values, or functions that give them when the service starts."""

    kind: Literal["on", "batch", "hears", "subject", "answers"]
    handler: Callable[..., Any]
    message: Any
    options: dict[str, Setting] = field(default_factory=dict)

    def option(self, name: str, default: Any = None) -> Any:
        value = self.options.get(name, default)
        return value() if callable(value) else value


class Service:
    """A name and its edges; `state` holds what `lifespan` opened."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.edges: list[Edge] = []
        self.emitted: dict[Callable[..., Any], tuple[type[Event], ...]] = {}
        self.state: dict[str, Any] = {}
        self.checks: dict[str, Callable[[], Awaitable[None]]] = {}
        self.routes = APIRouter()
        self.install: Callable[[FastAPI], None] | None = None
        self.callout: Callable[[bytes, dict[str, str]], Awaitable[bytes]] | None = None
        self.run: Callable[[Bus], AsyncIterator[None]] | None = None

    def _edge(self, kind: Any, message: Any, options: dict[str, Setting]) -> Callable[[Handler], Handler]:
        def declare(handler: Handler) -> Handler:
            self.edges.append(Edge(kind, handler, message, options))
            return handler

        return declare

    def on(self, event: type[Event], **options: Setting) -> Callable[[Handler], Handler]:
        """Each event once, by one replica, retried: `slots` at a time; `raw` and `held` as their names say."""
        return self._edge("on", event, options)

    def on_batch(self, *streams: str, **options: Setting) -> Callable[[Handler], Handler]:
        """Everything on these streams, as lists of deliveries of up to `size` messages."""
        return self._edge("batch", streams, options)

    def hears(self, event: type[Event], **fields: Setting) -> Callable[[Handler], Handler]:
        """Each event as it is published, on every replica, never kept; `fields` fix parts of the subject."""
        return self._edge("hears", event, fields)

    def hears_subject(self, subject: str) -> Callable[[Handler], Handler]:
        """A subject of the server's own, as deliveries."""
        return self._edge("subject", subject, {})

    def answers(self, request: type[Request]) -> Callable[[Handler], Handler]:
        """A request from another service; what is returned is the reply."""
        return self._edge("answers", request, {})

    def emits(self, *events: type[Event]) -> Callable[[Handler], Handler]:
        """What the handler returns is published before its message is acknowledged."""

        def declare(handler: Handler) -> Handler:
            self.emitted[handler] = events
            return handler

        return declare

    def lifespan(self, run: Callable[["Bus"], AsyncIterator[None]]) -> Callable[["Bus"], AsyncIterator[None]]:
        """An async generator around the service's life: opens before the first message, closes after the last."""
        self.run = run
        return run

    def check(self, name: str) -> Callable[[Handler], Handler]:
        """A condition of readiness: raises, in words, when it does not hold."""

        def declare(handler: Handler) -> Handler:
            self.checks[name] = handler
            return handler

        return declare
