"""Bytes in NATS's object store, read chunk by chunk: the library's own get needs the right to create consumers."""

from nats.js import JetStreamContext

from shared.errors import Refused

BUCKET = "documents"
STREAM = f"OBJ_{BUCKET}"


async def read(jetstream: JetStreamContext, name: str) -> bytes:
    """The bytes kept under a name, checked against their digest."""
    info = await (await jetstream.object_store(BUCKET)).get_info(name)
    subject, sequence, parts = f"$O.{BUCKET}.C.{info.nuid}", 0, []
    for _ in range(info.chunks or 0):
        message = await jetstream.get_msg(STREAM, seq=sequence + 1, subject=subject, next=True, direct=True)
        sequence = message.seq or 0
        parts.append(message.data or b"")
    data = b"".join(parts)
    if len(data) != info.size:
        raise Refused("object_not_found", "The bytes of this document are not whole. Upload it again.", 404)
    return data
