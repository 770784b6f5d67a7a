"""Guessing a password gets slower: after a few wrong ones each next try waits twice as long as the one before."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from math import ceil

from shared.errors import Refused

NAMES = 10_000


@dataclass
class Tries:
    """What is remembered of one name; `lock` makes its tries come one after the other."""

    wrong: int = 0
    until: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def count(self, right: bool, free: int, longest: float) -> None:
        """A right one forgives the wrong ones before it."""
        self.wrong = 0 if right else self.wrong + 1
        beyond = self.wrong - free - 1
        self.until = time.monotonic() + min(2 ** min(beyond, 30), longest) if beyond >= 0 else 0.0


class Throttle:
    """`free` wrong tries, then 1, 2, 4 … seconds up to `longest`. Forgets the oldest of many names."""

    def __init__(self, free: int, longest: float) -> None:
        self._free, self._longest = free, longest
        self._names: OrderedDict[str, Tries] = OrderedDict()

    async def attempt(self, name: str, check: Callable[[], Awaitable[bool]]) -> bool:
        """Whether `check` says so; `Refused` (429) while the name has to wait."""
        tries = self._names.setdefault(name, Tries())
        self._names.move_to_end(name)
        while len(self._names) > NAMES:
            self._names.popitem(last=False)
        async with tries.lock:
            wait = tries.until - time.monotonic()
            if wait > 0:
                words = f"Too many wrong passwords for this name. Try again in {ceil(wait)} seconds."
                raise Refused("too_many_attempts", words, 429)
            right = await check()
            tries.count(right, self._free, self._longest)
            return right
