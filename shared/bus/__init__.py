"""The bus as services see it: `Service` declares edges, `Bus` publishes, `Delivery` is a message in hand."""

from faststream import Depends

from shared.bus.connection import Bus
from shared.bus.delivery import Delivery
from shared.bus.injection import connected, delivery
from shared.bus.service import Edge, Service

__all__ = ["Bus", "Delivery", "Depends", "Edge", "Service", "connected", "delivery"]
