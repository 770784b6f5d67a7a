"""The bus as services see it: `Service` declares edges, `Bus` publishes, `Delivery` is a received message."""

from shared.bus.connection import Bus
from shared.bus.delivery import Delivery
from shared.bus.service import Endpoint, Service

__all__ = ["Bus", "Delivery", "Endpoint", "Service"]
