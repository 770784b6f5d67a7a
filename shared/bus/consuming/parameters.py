"""A handler's further parameters, found by their types: the bus, the delivery, the service's context."""

from collections.abc import Callable
from inspect import signature
from typing import Any, get_type_hints

from shared.bus.connection import Bus
from shared.bus.delivery import Delivery
from shared.bus.service import Service


class Parameters:
    """Read from the handler's signature once, filled for each delivery."""

    def __init__(self, handler: Callable[..., Any], service: Service[Any], bus: Bus) -> None:
        self._service, self._bus = service, bus
        hints = get_type_hints(handler)
        self._types = {name: hints[name] for name in list(signature(handler).parameters)[1:]}

    def of(self, delivery: Any) -> dict[str, Any]:
        """Keyword arguments for one delivery, or for one batch of them."""
        return {name: self._value(kind, delivery) for name, kind in self._types.items()}

    def _value(self, kind: Any, delivery: Any) -> Any:
        if kind is Bus:
            return self._bus
        return delivery if kind is Delivery else self._service.context
