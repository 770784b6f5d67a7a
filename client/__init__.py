"""The Python client: `Bus` for business systems, `Http` for other programs, `Refused` for errors."""

from client.sdk.bus import Bus
from client.sdk.errors import Refused, Unreachable
from client.sdk.http import Http
from client.sdk.service_account import ServiceAccount

__all__ = ["Bus", "Http", "Refused", "ServiceAccount", "Unreachable"]
