"""Builds the realm from realm.json: fills in placeholders and adds users."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

REALM = Path(__file__).with_name("realm.json")


def realm(values: Mapping[str, str], people: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The realm. `values` fill the placeholders; `people` have `username`, `password`, perhaps `groups`, `roles`."""
    text = re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], REALM.read_text(encoding="utf-8"))
    found: dict[str, Any] = json.loads(text)
    found["users"] += [_user(person) for person in people]
    return found


def _user(person: Mapping[str, Any]) -> dict[str, Any]:
    name = str(person["username"])
    return {
        # The same id in every realm created from the same company.
        "id": str(uuid5(NAMESPACE_DNS, f"{name}.cloister")),
        "username": name,
        "firstName": name.title(),
        "lastName": "Sample",
        "email": f"{name}@example.com",
        "emailVerified": True,
        "enabled": True,
        "groups": [f"/{group}" for group in person.get("groups", ())],
        "realmRoles": ["member", *person.get("roles", ())],
        "credentials": [{"type": "password", "value": person["password"]}],
    }
