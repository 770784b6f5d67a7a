"""The security team's own copy of the audit log: a mirror in account SOC, fed by one durable.

The accounts cross at three subjects alone (infra/nats/configuration.py): what the durable delivers, its flow control,
and the request that starts it anew.
"""

from typing import Any

from shared.streams.differences import changes
from shared.streams.jetstream import Jetstream
from shared.streams.streams import DAY, MB, SECOND

SOURCE, MIRROR, DURABLE, DELIVERY = "AUDIT_LOG", "AUDIT_MIRROR", "soc_mirror", "audit_deliver.soc"
FEED: dict[str, Any] = {
    "durable_name": DURABLE, "name": DURABLE, "deliver_subject": DELIVERY, "ack_policy": "flow_control",
    "flow_control": True, "idle_heartbeat": 5 * SECOND, "deliver_policy": "all", "replay_policy": "instant",
}  # fmt: skip
COPY: dict[str, Any] = {
    "name": MIRROR, "description": "The audit log, for the security team", "storage": "file", "discard": "old",
    "mirror": {
        "name": SOURCE, "external": {"api": "CORE_JS", "deliver": ""},
        "consumer": {"name": DURABLE, "deliver_subject": DELIVERY},
    },
    "allow_direct": True, "max_bytes": 9_216 * MB, "max_age": 730 * DAY * SECOND, "deny_delete": True,
    "deny_purge": True, "num_replicas": 1,
}  # fmt: skip


async def feed(core: Jetstream) -> list[str]:
    """The durable in CORE that delivers to the mirror, made once."""
    if await core.call(f"CONSUMER.INFO.{SOURCE}.{DURABLE}"):
        return []
    body = {"stream_name": SOURCE, "config": FEED, "action": "create"}
    await core.call(f"CONSUMER.DURABLE.CREATE.{SOURCE}.{DURABLE}", body)
    return [f"created consumer {DURABLE} on {SOURCE}"]


async def mirror(soc: Jetstream) -> list[str]:
    """The mirror itself, in SOC; what can be changed about it is set back."""
    there = await soc.call(f"STREAM.INFO.{MIRROR}")
    if there is None:
        await soc.call(f"STREAM.CREATE.{MIRROR}", COPY)
        return [f"created stream {MIRROR} in account SOC"]
    wanted = {name: value for name, value in COPY.items() if name != "mirror"}
    found = changes(there["config"], wanted)
    if found:
        await soc.call(f"STREAM.UPDATE.{MIRROR}", there["config"] | wanted)
    return [f"changed stream {MIRROR}: {line}" for line in found]
