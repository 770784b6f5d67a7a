"""Derives the permissions of the bus's users from the registry."""

from dataclasses import dataclass
from typing import Any

from shared.registry import outsider, services
from shared.streams.consumers import Consumer, consumers_of
from shared.streams.server import VARZ

USERS = (*services(), "provisioner")

PUBLISHED_BY_ALL = ("failed.{service}", "access.outdated.v1")
BUCKET = "OBJ_documents"
READ_BUCKET = (f"$JS.API.STREAM.INFO.{BUCKET}", f"$JS.API.STREAM.MSG.GET.{BUCKET}")
OBJECTS = {
    "put": (*READ_BUCKET, "$O.documents.C.*", "$O.documents.M.*"),
    # Chunk by chunk: the client library's own get would need the right to create consumers.
    "get": (*READ_BUCKET, f"$JS.API.DIRECT.GET.{BUCKET}"),
    # Deleting an object is a purge, which the server cannot limit to one name.
    "delete": (
        *READ_BUCKET,
        "$O.documents.M.*",
        *(f"$JS.API.STREAM.{act}.{BUCKET}" for act in ("PURGE", "MSG.DELETE")),
    ),
}


@dataclass(frozen=True, slots=True)
class Permissions:
    """Subjects that may be published and subscribed; `replies` allows one reply to each request received."""

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]
    replies: bool = False

    def config(self) -> dict[str, Any]:
        """The form of nats-server. An empty list would allow everything, so none is empty."""
        found: dict[str, Any] = {
            "publish": {"allow": list(self.publish)},
            "subscribe": {"allow": list(self.subscribe)},
        }
        # A reply may take as long as the longest request waits.
        return found | ({"allow_responses": {"max": 1, "expires": "60s"}} if self.replies else {})


def permissions_of(user: str) -> Permissions:
    """The permissions of a service or of the provisioner, including its consumers."""
    given = services().get(user) or outsider(user)
    publish = [*given.publish, VARZ, *(PUBLISHED_BY_ALL if user in services() else ())]
    publish = [subject.format(service=user) for subject in publish]
    publish += [f"{name}.*.v1" for name in given.request]
    publish += [f"$JS.API.DIRECT.GET.{place}" for place in given.read]
    publish += [subject for consumer in consumers_of(user) for subject in _pull(consumer)]
    publish += [_acknowledge(consumer) for other in given.release for consumer in consumers_of(other)]
    publish += [subject for act in given.objects for subject in OBJECTS[act]]
    subscribe = [*given.subscribe, *(f"{name}.*.v1" for name in given.reply), f"_INBOX_{user}.>"]
    return Permissions(tuple(dict.fromkeys(publish)), tuple(subscribe), bool(given.reply))


def _pull(consumer: Consumer) -> tuple[str, str, str]:
    place = f"{consumer.stream}.{consumer.name}"
    return f"$JS.API.CONSUMER.INFO.{place}", f"$JS.API.CONSUMER.MSG.NEXT.{place}", _acknowledge(consumer)


def _acknowledge(consumer: Consumer) -> str:
    return f"$JS.ACK.{consumer.stream}.{consumer.name}.>"
