"""NATS by hand: what a server refuses, letter by letter. The client library folds case and drops complaints."""

import asyncio
import base64
import json
import re
from pathlib import Path
from typing import Any

import nkeys

REFUSED = re.compile(rb"-ERR 'Permissions Violation for (?:Publish|Subscription) to \"([^\"]*)\"")


async def refused(port: int, who: Path | str, says: list[str], hears: list[str]) -> set[str]:
    """Which of these subjects the server refuses to a seed file's user, or to a name that is its own password."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        greeting = json.loads((await reader.readline()).removeprefix(b"INFO "))
        writer.write(b"CONNECT " + json.dumps(_credentials(who, greeting["nonce"])).encode() + b"\r\n")
        writer.writelines(f"PUB {subject} 0\r\n\r\n".encode() for subject in says)
        for number, subject in enumerate(hears, 1):
            writer.write(f"SUB {subject} {number}\r\nUNSUB {number}\r\n".encode())
        writer.write(b"PING\r\n")
        said = await asyncio.wait_for(reader.readuntil(b"PONG\r\n"), 10)
    finally:
        writer.close()
    return {found.decode() for found in REFUSED.findall(said)}


def _credentials(who: Path | str, nonce: str) -> dict[str, Any]:
    options: dict[str, Any] = {"verbose": False, "pedantic": False, "lang": "test", "version": "1", "protocol": 1}
    if isinstance(who, str):
        return options | {"user": who, "pass": who}
    pair = nkeys.from_seed(bytearray(who.read_bytes().strip()))
    signature = base64.urlsafe_b64encode(pair.sign(nonce.encode())).rstrip(b"=").decode()
    return options | {"nkey": pair.public_key.decode(), "sig": signature}
