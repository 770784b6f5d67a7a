"""policy.toml as the server's permissions."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.streams.consumers import Consumer, consumers_of
from shared.streams.server import VARZ

_POLICY: dict[str, Any] = tomllib.loads(Path(__file__).with_name("policy.toml").read_text(encoding="utf-8"))
SERVICES = tuple(_POLICY["services"])

BUCKET = "OBJ_documents"
LOOK = (f"$JS.API.STREAM.INFO.{BUCKET}", f"$JS.API.STREAM.MSG.GET.{BUCKET}")
OBJECTS = {
    "put": (*LOOK, "$O.documents.C.*", "$O.documents.M.*"),
    # Chunk by chunk: the client library's own get would need the right to create consumers.
    "get": (*LOOK, f"$JS.API.DIRECT.GET.{BUCKET}"),
    # Taking bytes away is a purge or a deletion, which the server cannot limit to one name.
    "delete": (*LOOK, "$O.documents.M.*", *(f"$JS.API.STREAM.{act}.{BUCKET}" for act in ("PURGE", "MSG.DELETE"))),
}


@dataclass(frozen=True, slots=True)
class Rights:
    """Subjects that may be published and subscribed; `replies` allows one reply to each request heard."""

    says: tuple[str, ...]
    hears: tuple[str, ...]
    replies: bool = False

    def permissions(self) -> dict[str, Any]:
        """The server's own form of it. An empty list would allow everything, so there is none."""
        found: dict[str, Any] = {"publish": {"allow": list(self.says)}, "subscribe": {"allow": list(self.hears)}}
        # A reply may take as long as the longest request waits.
        return found | ({"allow_responses": {"max": 1, "expires": "60s"}} if self.replies else {})


def rights_of(service: str) -> Rights:
    """All that a service may do, its durables included."""
    given = _POLICY["services"][service]
    says = [*given.get("says", ()), VARZ]
    says += [f"{name}.*.v1" for name in given.get("asks", ())]
    says += [f"$JS.API.DIRECT.GET.{place}" for place in given.get("reads", ())]
    says += [subject for consumer in consumers_of(service) for subject in _pull(consumer)]
    says += [_acknowledge(consumer) for other in given.get("returns", ()) for consumer in consumers_of(other)]
    says += [subject for act in given.get("objects", ()) for subject in OBJECTS[act]]
    hears = [*given.get("hears", ()), *(f"{name}.*.v1" for name in given.get("answers", ())), f"_INBOX_{service}.>"]
    return Rights(tuple(dict.fromkeys(says)), tuple(hears), bool(given.get("answers")))


def outside(account: str, client: str) -> Rights:
    """What `client` may do in EDGE or SOC."""
    given = _POLICY[account.lower()]
    says, hears = (tuple(subject.format(client=client) for subject in given[kind]) for kind in ("says", "hears"))
    return Rights(says, hears)


def _pull(consumer: Consumer) -> tuple[str, str, str]:
    place = f"{consumer.stream}.{consumer.name}"
    return f"$JS.API.CONSUMER.INFO.{place}", f"$JS.API.CONSUMER.MSG.NEXT.{place}", _acknowledge(consumer)


def _acknowledge(consumer: Consumer) -> str:
    return f"$JS.ACK.{consumer.stream}.{consumer.name}.>"
