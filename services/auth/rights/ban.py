"""A temporary ban, and the message that the person gets."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.errors import Refused

WORDS = "Your access is paused until {}, because of unusual activity ({}). An administrator can let you in before."


@dataclass(frozen=True, slots=True)
class Ban:
    """Until when (seconds since 1970), and by which rule."""

    until: int
    rule: str


def check_ban(bans: Mapping[str, Ban], principal: str) -> None:
    """`Refused` (403) while somebody is banned, with the time at which it ends."""
    ban = bans.get(principal)
    if ban and ban.until > time.time():
        until = datetime.fromtimestamp(ban.until, UTC).strftime("%Y-%m-%d %H:%M UTC")
        raise Refused("banned", WORDS.format(until, ban.rule or "by an administrator"), 403)
