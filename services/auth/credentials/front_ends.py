"""Front ends that say whom they speak for: named ones alone, by a header beside their own key.

A front end proves itself with its key. Who it speaks for may do what both may, and is recorded with it.
"""

import re
from collections.abc import Mapping

from services.auth.accounts.directory import Directory, Person
from shared.errors import Refused

FORM = re.compile(r"(?P<name>[a-z0-9-]{1,64})(?:=(?P<domain>[a-z0-9.-]+))?")
NOBODY = (
    "The front end speaks for {0!r}, who has no account here. It sends a user name, or an address of the domain that "
    "CLOISTER_AUTH_FRONT_ENDS names for it."
)


def parsed(text: str) -> dict[str, str]:
    """`open-webui=example.com,portal`: the domain of each front end's addresses, by the name of its key."""
    found = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = FORM.fullmatch(part)
        if match is None:
            raise ValueError(f"{part!r} is not of the form open-webui=example.com")
        found[match["name"]] = match["domain"] or ""
    return found


def named_person(directory: Directory, domains: Mapping[str, str], front_end: str, whom: str) -> Person:
    """The person whom a front end names; `Refused` (403) when there is none.

    An address counts when it is of the front end's domain: its first part is the user name.
    """
    name, at, domain = whom.strip().lower().partition("@")
    person = directory.people.get(name) if not at or (domain and domain == domains[front_end]) else None
    if person is None:
        raise Refused("unknown_person", NOBODY.format(whom[:100]), 403)
    return person
