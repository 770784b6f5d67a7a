"""What others import: `Bus` for business systems, `Http` for everybody, `Refused` for what went wrong."""

from client.bus import Bus
from client.errors import Refused, Unreachable
from client.http import Http

__all__ = ["Bus", "Http", "Refused", "Unreachable"]
