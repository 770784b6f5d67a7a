"""Topics that a group may ask about."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """Members of `group` may ask questions with one of the words of `allow`, if there are any, and none of `deny`."""

    group: str
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
