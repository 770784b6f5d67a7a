"""Builds the nats-server configuration from the registry and the keys, as JSON."""

from pathlib import Path
from typing import Any

from infra.nats.keys import public_key
from infra.nats.policy import USERS, permissions_of
from shared.streams.server import CLOSE, LIST, VARZ
from shared.streams.streams import MB

SYSTEM = "$SYS.REQ.SERVER.PING.VARZ"
DISCONNECT = "$SYS.ACCOUNT.CORE.DISCONNECT"
CONNECTIONS, KICK = "$SYS.REQ.SERVER.PING.CONNZ", "$SYS.REQ.SERVER.*.KICK"


def configuration(home: Path, keys: Path, port: int, host: str = "127.0.0.1") -> dict[str, Any]:
    """`port` 0 takes a free one. No monitoring port: it has no password, and shows subjects and connections."""
    store = (home / "nats").absolute()
    return {
        "server_name": "cloister",
        "host": host,
        "port": port or -1,
        "max_payload": MB,
        "max_control_line": 32_768,  # a permission list or a long token does not fit into 4 KB
        "write_deadline": "10s",
        "ping_interval": "10s",
        "ping_max": 2,
        "lame_duck_duration": "30s",
        "lame_duck_grace_period": "5s",
        "jetstream": {"store_dir": str(store), "max_mem": 64 * MB, "max_file": 65_536 * MB, "sync_interval": "always"}
        | _at_rest(keys),
        "system_account": "SYS",
        "authorization": _authorization(keys),
        "accounts": {"SYS": _sys(keys), "AUTH": _auth(keys), "CORE": _core(keys), "EDGE": EDGE, "SOC": _soc(keys)},
    }


def _at_rest(keys: Path) -> dict[str, Any]:
    # Acknowledged and purged messages remain in the blocks on disk; without the key they are unreadable.
    return {"cipher": "aes", "key": (keys / "jetstream.key").read_text().strip()}


def _user(keys: Path, name: str, permissions: dict[str, Any] | None = None) -> dict[str, Any]:
    user: dict[str, Any] = {"nkey": public_key(keys / "bus" / f"{name}.seed")}
    return user | ({"permissions": permissions} if permissions else {})


def _authorization(keys: Path) -> dict[str, Any]:
    return {
        "timeout": 2,  # seconds: the longest wait for the callout
        "auth_callout": {
            "issuer": public_key(keys / "callout.issuer.seed"),
            "xkey": public_key(keys / "callout.xkey.seed"),
            "account": "AUTH",
            "auth_users": [public_key(keys / "bus" / f"{name}.seed") for name in ("callout", "socadmin")],
            "allowed_accounts": ["EDGE", "SOC"],
        },
    }


def _sys(keys: Path) -> dict[str, Any]:
    core = {"accounts": ["CORE"]}
    exports = [
        {"service": SYSTEM} | core,
        {"stream": DISCONNECT} | core,
        # One reply from each server of a cluster.
        {"service": CONNECTIONS, "response_type": "stream"} | core,
        {"service": KICK} | core,
    ]
    return {"users": [_user(keys, "sys")], "exports": exports}


def _auth(keys: Path) -> dict[str, Any]:
    rights = {"subscribe": {"allow": ["$SYS.REQ.USER.AUTH"]}, "publish": {"deny": [">"]}, "allow_responses": True}
    return {"users": [_user(keys, "callout", rights)]}


def _core(keys: Path) -> dict[str, Any]:
    edge, soc = {"accounts": ["EDGE"]}, {"accounts": ["SOC"]}
    return {
        "jetstream": "enabled",
        "users": [_user(keys, user, permissions_of(user).config()) for user in USERS],
        "imports": [
            {"service": {"account": "SYS", "subject": SYSTEM}, "to": VARZ},
            {"stream": {"account": "SYS", "subject": DISCONNECT}},
            {"service": {"account": "SYS", "subject": CONNECTIONS}, "to": LIST},
            {"service": {"account": "SYS", "subject": KICK}, "to": f"{CLOSE}.*"},
        ],
        "exports": [
            {"service": "ask.*"} | edge,
            {"service": "signal.*"} | edge,
            {"service": "recall.*"} | edge,
            # Never `answer.*.*`: it would also carry the answers that the stream refused.
            {"stream": "answered.*.*"} | edge,
            {"stream": "stream.*.*"} | edge,
            {"service": "$JS.API.CONSUMER.RESET.AUDIT_LOG.soc_mirror"} | soc,
            {"service": "$JS.FC.AUDIT_LOG.soc_mirror.*"} | soc,
            {"stream": "audit_deliver.soc"} | soc,
        ],
    }


EDGE: dict[str, Any] = {
    # 64 KiB of question and its headers; more closes the connection. Subscriptions are those of one connection; how
    # many connections one name has is counted by auth, which lets it in: the server counts the account's alone.
    "limits": {"max_payload": 70_000, "max_connections": 5_000, "max_subscriptions": 100},
    "imports": [
        {"service": {"account": "CORE", "subject": "ask.*"}},
        {"service": {"account": "CORE", "subject": "signal.*"}},
        {"service": {"account": "CORE", "subject": "recall.*"}},
        {"stream": {"account": "CORE", "subject": "answered.*.*"}},
        {"stream": {"account": "CORE", "subject": "stream.*.*"}},
    ],
}


def _soc(keys: Path) -> dict[str, Any]:
    reset = "CONSUMER.RESET.AUDIT_LOG.soc_mirror"
    return {
        "limits": {"max_connections": 500, "max_subscriptions": 100},
        "jetstream": {"max_store": 10_240 * MB, "max_mem": 16 * MB, "max_streams": 2, "max_consumers": 20},
        "users": [_user(keys, "socadmin")],
        "imports": [
            {"service": {"account": "CORE", "subject": f"$JS.API.{reset}"}, "to": f"CORE_JS.{reset}"},
            {"service": {"account": "CORE", "subject": "$JS.FC.AUDIT_LOG.soc_mirror.*"}},
            {"stream": {"account": "CORE", "subject": "audit_deliver.soc"}},
        ],
    }
