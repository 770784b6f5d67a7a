"""What a handler depends on, read from its signature once and looked up for each message."""

from collections.abc import Callable
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, get_type_hints

from fast_depends import dependency_provider
from fast_depends.dependencies import Dependant

if TYPE_CHECKING:
    from shared.bus.connection import Bus
    from shared.bus.delivery import Delivery


def connected() -> "Bus":
    """Dependency: the bus of the service whose handler runs."""
    raise LookupError("the bus is known inside handlers alone")


def delivery() -> "Delivery":
    """Dependency: the message in hand."""
    raise LookupError("the message is known inside handlers alone")


class Dependencies:
    """`Annotated[X, Depends(find)]` parameters; a test swaps `find` by `dependency_provider.override(find, other)`."""

    # The framework's own resolution costs ten times as much, and runs plain functions in a thread each.
    def __init__(self, handler: Callable[..., Any], bus: "Bus") -> None:
        self._bus = bus
        self._finders: dict[str, Callable[..., Any]] = {}
        for name, hint in get_type_hints(handler, include_extras=True).items():
            for found in getattr(hint, "__metadata__", ()):
                if isinstance(found, Dependant):
                    self._finders[name] = found.dependency

    async def of(self, message: Any) -> dict[str, Any]:
        """The values for one message (or one batch)."""
        return {name: await self._value(find, message) for name, find in self._finders.items()}

    async def _value(self, find: Callable[..., Any], message: Any) -> Any:
        if find is connected:
            return self._bus
        if find is delivery:
            return message
        other = dependency_provider.overrides.get(find)
        value = other.call() if other else find()
        return await value if isawaitable(value) else value
