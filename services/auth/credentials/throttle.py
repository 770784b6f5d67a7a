"""Throttles password guessing by name and address together, and more loosely by each alone."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Generic, TypeVar

from shared.errors import Refused

T = TypeVar("T")
REMEMBERED = 10_000  # names, places and pairs of them, each
HOUR = 3600.0


@dataclass
class Attempts:
    """What is remembered of one name from one place; `lock` makes its tries come one after the other."""

    wrong: int = 0
    until: float = 0.0
    known: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def count(self, right: bool, free: int, longest: float) -> None:
        """A right one forgives the wrong ones before it."""
        self.wrong, self.known = 0 if right else self.wrong + 1, self.known or right
        beyond = self.wrong - free - 1
        self.until = time.monotonic() + min(2 ** min(beyond, 30), longest) if beyond >= 0 else 0.0


@dataclass
class TokenBucket:
    """Wrong tries of one name, or from one place: `most` at once, and as many again in an hour."""

    most: int
    left: float = field(init=False)
    at: float = field(default_factory=lambda: time.monotonic())

    def __post_init__(self) -> None:
        self.left = self.most

    def wait(self) -> float:
        """Seconds until the next try; 0 when there is one now."""
        now, rate = time.monotonic(), self.most / HOUR
        self.left, self.at = min(self.left + (now - self.at) * rate, self.most), now
        return max(1 - self.left, 0) / rate


class LruDict(OrderedDict[str, T], Generic[T]):
    """Remembers `REMEMBERED`; the one that was not asked for longest is forgotten first."""

    def of(self, name: str, make: Callable[[], T]) -> T:
        found = self.setdefault(name, make()) if name not in self else self[name]
        self.move_to_end(name)
        while len(self) > REMEMBERED:
            self.popitem(last=False)
        return found


class Throttle:
    """`free` wrong tries of a name from one place, then 1, 2, 4 … seconds up to `longest`.

    Of a name from everywhere `name_most` an hour, from a place for all names `place_most`: these do not count where the
    name has signed in from before, so that nobody locks out another by guessing.
    """

    def __init__(self, free: int, longest: float, name_most: int = 100, place_most: int = 300) -> None:
        self._free, self._longest = free, longest
        self._name_most, self._place_most = name_most, place_most
        self._pairs, self._names, self._places = LruDict[Attempts](), LruDict[TokenBucket](), LruDict[TokenBucket]()

    async def attempt(self, name: str, place: str, check: Callable[[], Awaitable[bool]]) -> bool:
        """Whether `check` says so; `Refused` (429) with the seconds to wait."""
        place = network(place)
        tries = self._pairs.of(f"{place} {name}", Attempts)
        async with tries.lock:
            loose = [] if tries.known else self._loose(name, place)
            _wait(max(tries.until - time.monotonic(), *(one.wait() for one in loose), 0))
            # Taken before the check and given back after it: tries at the same time do not share one.
            for one in loose:
                one.left -= 1
            wrong = False
            try:
                wrong = not await check()
            finally:
                for one in () if wrong else loose:
                    one.left += 1
            tries.count(not wrong, self._free, self._longest)
            return not wrong

    def _loose(self, name: str, place: str) -> list[TokenBucket]:
        return [
            self._names.of(name, lambda: TokenBucket(self._name_most)),
            self._places.of(place, lambda: TokenBucket(self._place_most)),
        ]


def network(place: str) -> str:
    """An address as one place: of IPv6 a network of 64 bits, which is what one customer has."""
    try:
        address = ip_address(place.partition("%")[0])
    except ValueError:
        return place[:64]
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    return str(address if address.version == 4 else ip_network((int(address), 64), strict=False))


def _wait(seconds: float) -> None:
    if seconds > 0:
        wait = ceil(seconds)
        words = f"Too many wrong passwords. Try again in {wait} seconds."
        raise Refused("too_many_attempts", words, 429, retry_after=wait, values={"seconds": wait})
