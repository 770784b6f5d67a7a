"""What a new configuration would change, and which messages it would lose."""

from typing import Any


def changes(there: dict[str, Any], wanted: dict[str, Any], only: str = "") -> list[str]:
    """`max_bytes: 10 -> 20` for each wanted field that differs; the server leaves out what is zero or false."""
    return [
        f"{name}: {there.get(name)} -> {value}"
        for name, value in wanted.items()
        if name.startswith(only) and _plain(there.get(name)) != _plain(value)
    ]


def losses(info: dict[str, Any], wanted: dict[str, Any]) -> str:
    """The changes that would lose messages of this stream or need a new one, in words; empty when there are none."""
    there, state = info["config"], info["state"]
    found = [f"{name} cannot be changed" for name in ("retention", "storage") if there[name] != wanted[name]]
    found += [f"{subject} is taken away" for subject in sorted(set(there["subjects"]) - set(wanted["subjects"]))]
    for limit, held in (("max_bytes", state["bytes"]), ("max_msgs", state["messages"])):
        if 0 < wanted[limit] < held:
            found.append(f"{limit} {wanted[limit]} is less than the {held} it holds")
    if wanted["max_age"] and not 0 < there["max_age"] <= wanted["max_age"] and state["messages"]:
        found.append("max_age is shortened")
    return ", ".join(found)


def _plain(value: Any) -> Any:
    return None if value in (0, -1, False, "", [], {}) else value
