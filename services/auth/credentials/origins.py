"""Origins and networks from which a key may be used."""

from collections.abc import Collection
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit


def comes_from(allowed: Collection[str], origin: str, address: str) -> bool:
    """Whether one of them fits, or none is asked for. `origin` is the browser's header, `address` the peer's."""
    if not allowed:
        return True
    if origin:
        return origin.rstrip("/").lower() in {one.lower() for one in allowed if "://" in one}
    return any(_within(address, one) for one in allowed if "://" not in one)


def checked(given: str) -> str:
    """`https://erp.example.com` or `10.1.0.0/16`; ValueError for anything else."""
    if "://" not in given:
        return str(ip_network(given))
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("is neither a page's origin nor a network")
    return given.rstrip("/").lower()


def _within(address: str, network: str) -> bool:
    try:
        return ip_address(address) in ip_network(network)
    except ValueError:
        return False
