"""Reads NATS objects chunk by chunk: the library's own get needs the right to create consumers."""

import base64
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from hashlib import sha256

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from shared.errors import Refused

BUCKET = "documents"
STREAM = f"OBJ_{BUCKET}"
DIGEST = "SHA-256="
NAMES = 500  # that are looked up in SQL together
Known = Callable[[Sequence[str]], Awaitable[set[str]]]
CHUNKS, META = f"$O.{BUCKET}.C.", f"$O.{BUCKET}.M."


async def read(jetstream: JetStreamContext, name: str) -> bytes:
    """The bytes kept under a name, checked against their SHA-256 as they come; `Refused` when they are others."""
    info = await (await jetstream.object_store(BUCKET)).get_info(name)
    subject, sequence, parts, digest = f"{CHUNKS}{info.nuid}", 0, list[bytes](), sha256()
    for _ in range(info.chunks or 0):
        message = await jetstream.get_msg(STREAM, seq=sequence + 1, subject=subject, next=True, direct=True)
        sequence = message.seq or 0
        parts.append(message.data or b"")
        digest.update(parts[-1])
    if info.digest != DIGEST + base64.urlsafe_b64encode(digest.digest()).decode():
        raise Refused("object_not_found", "The bytes of this document are not what was uploaded. Upload it again.", 404)
    return b"".join(parts)


async def delete(jetstream: JetStreamContext, name: str) -> None:
    """Chunks first, then what says where they are: the library's own leaves chunks behind when it is killed between."""
    subject = META + base64.urlsafe_b64encode(name.encode()).decode()
    if (made := await _made(jetstream, subject)) is not None:
        await _erase(jetstream, CHUNKS + made)
        await jetstream.purge_stream(STREAM, subject=subject)


async def loose(client: Client, jetstream: JetStreamContext, known: Known) -> set[str]:
    """Subjects of what is kept under no known name: whole objects, and chunks of which no object was made.

    `known` says which of some names are; it is asked about NAMES at a time.
    """
    objects, chunks = await _subjects(client, f"{META}*"), await _subjects(client, f"{CHUNKS}*")
    found, looked_at = set[str](), sorted(objects)
    for at in range(0, len(looked_at), NAMES):
        some = {_named(subject): subject for subject in looked_at[at : at + NAMES]}
        kept = await known(list(some))
        found |= {subject for name, subject in some.items() if name not in kept}
    # Each object has one subject of chunks: who has as many has no others.
    if len(chunks) != len(objects):
        used = {f"{CHUNKS}{await _made(jetstream, subject)}" for subject in objects}
        found |= chunks - used
    return found


async def drop(jetstream: JetStreamContext, subject: str) -> None:
    """Take what is loose away."""
    if subject.startswith(META):
        await delete(jetstream, _named(subject))
    else:
        await _erase(jetstream, subject)


async def _erase(jetstream: JetStreamContext, subject: str) -> None:
    """One by one: the server overwrites a message that is deleted, and leaves one that is purged on the disk."""
    sequence = 0
    with suppress(NotFoundError):
        while True:
            message = await jetstream.get_msg(STREAM, seq=sequence + 1, subject=subject, next=True, direct=True)
            sequence = message.seq or 0
            await jetstream.delete_msg(STREAM, sequence)


def _named(subject: str) -> str:
    return base64.urlsafe_b64decode(subject.removeprefix(META)).decode()


async def _made(jetstream: JetStreamContext, subject: str) -> str | None:
    try:
        message = await jetstream.get_msg(STREAM, subject=subject)
    except NotFoundError:
        return None
    return str(json.loads(message.data or b"{}").get("nuid"))


async def _subjects(client: Client, pattern: str) -> set[str]:
    found: set[str] = set()
    while True:
        # The server tells at most 100,000 of them at a time.
        wanted = json.dumps({"subjects_filter": pattern, "offset": len(found)}).encode()
        reply = json.loads((await client.request(f"$JS.API.STREAM.INFO.{STREAM}", wanted, timeout=10)).data)
        more = set(reply.get("state", {}).get("subjects") or {})
        if more <= found:
            return found
        found |= more
