"""Syslog as RFC 5424 over TLS (RFC 5425): each message after its length in bytes."""

import asyncio
import socket
import ssl
from collections.abc import Sequence

import orjson

from services.audit.delivery.destination import Forward
from services.audit.export.formats import rendered

FACILITY_AUDIT, NOTICE, ALERT = 13, 5, 1
ENTERPRISE = "32473"  # reserved for documentation (RFC 5612): we have none of our own
CONNECT_SECONDS = 10


class SyslogSender:
    """One connection, opened anew after a failure. The protocol does not acknowledge: an overlap is sent again."""

    def __init__(self, forward: Forward) -> None:
        self._forward = forward
        self._writer: asyncio.StreamWriter | None = None
        self._reader: asyncio.StreamReader | None = None

    async def send(self, leaves: Sequence[bytes]) -> None:
        """Written and flushed; ConnectionError when the receiver has hung up."""
        try:
            writer = await self._connected()
            for leaf in leaves:
                message = syslog_message(leaf, rendered(leaf, self._forward.format)).encode()
                writer.write(f"{len(message)} ".encode() + message)
            await asyncio.wait_for(writer.drain(), CONNECT_SECONDS)
        except Exception:  # closes the connection and raises again
            self.close()
            raise

    async def _connected(self) -> asyncio.StreamWriter:
        # A receiver that hung up shows here, before anything is written to nobody.
        if self._writer and self._reader and not self._reader.at_eof() and not self._writer.is_closing():
            return self._writer
        self.close()
        context = ssl.create_default_context(cafile=str(self._forward.ca_file) if self._forward.ca_file else None)
        opened = asyncio.open_connection(self._forward.host, self._forward.port, ssl=context)
        self._reader, writer = await asyncio.wait_for(opened, CONNECT_SECONDS)
        self._writer = writer
        return writer

    def close(self) -> None:
        if self._writer:
            self._writer.close()
        self._writer = self._reader = None


def syslog_message(leaf: bytes, text: str) -> str:
    """`<priority>1 time host app procid msgid [data] message`; the message is UTF-8 with its mark."""
    record = orjson.loads(leaf)
    alerted = record["subject"].startswith("audit.alerted.")
    priority = FACILITY_AUDIT * 8 + (ALERT if alerted else NOTICE)
    kind = ".".join(record["subject"].split(".")[:2])[:32]
    fields = {"seq": str(record["seq"]), "who": record["principal"], "about": record["about"]}
    data = " ".join(f'{name}="{structured(value)}"' for name, value in fields.items() if value)
    host = socket.gethostname()[:255] or "-"
    return f"<{priority}>1 {record['at']} {host} cloister - {kind} [cloister@{ENTERPRISE} {data}] \ufeff{text}"


def structured(value: str) -> str:
    """In structured data a quote, a backslash and a closing bracket are escaped."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]").replace("\n", " ").replace("\r", " ")
