"""What others import: `Bus` for business systems, `Http` for everybody, `Refused` for what went wrong."""

from client.sdk.bus import Bus
from client.sdk.errors import Refused, Unreachable
from client.sdk.http import Http
from client.sdk.service_account import ServiceAccount

__all__ = ["Bus", "Http", "Refused", "ServiceAccount", "Unreachable"]
