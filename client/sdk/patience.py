"""Calls that may be made twice outlast a restart of Cloister."""

import time
from collections.abc import Callable
from typing import TypeVar

from client.sdk.errors import Refused

AWAY = ("unreachable", "starting")
SECONDS = 60.0
Result = TypeVar("Result")


def through_restarts(
    call: Callable[[], Result],
    seconds: float = SECONDS,
    pause: float = 1.0,
    while_away: Callable[[], bool] = lambda: True,
) -> Result:
    """What `call` returns. While Cloister is away it is called again, for `seconds` at most; then `Refused`.

    `while_away` says whether to wait at all.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            return call()
        except Refused as refused:
            if refused.reason not in AWAY or time.monotonic() > end or not while_away():
                raise
            time.sleep(pause)
