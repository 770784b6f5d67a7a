"""The Python client: `Bus` for business systems, `Http` and `AsyncHttp` for other programs, `Refused` for errors."""

from client.sdk.async_http import AsyncHttp
from client.sdk.bus import Bus
from client.sdk.errors import Refused, Unreachable
from client.sdk.http import Http
from client.sdk.service_account import ServiceAccount

__all__ = ["AsyncHttp", "Bus", "Http", "Refused", "ServiceAccount", "Unreachable"]
