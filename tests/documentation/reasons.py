"""Every `reason` that the code can give, found by parsing it: docs/reasons.md must explain each."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
POSITIONS = {"Refused": 0, "Unreadable": 0, "Unavailable": 1}
KEYWORDS = {"StepFailed", "DocumentRejected", "Unavailable", "Refused"}


def given() -> set[str]:
    """Codes with which services and the client refuse."""
    paths = [path for folder in ("services", "shared", "client") for path in sorted((ROOT / folder).rglob("*.py"))]
    return {code for path in paths for code in _codes(ast.parse(path.read_text()))}


def explained() -> set[str]:
    """Codes that docs/reasons.md lists."""
    lines = (ROOT / "docs" / "reasons.md").read_text().splitlines()
    return {line.split("`")[1] for line in lines if line.startswith("| `")}


def with_values() -> dict[str, list[str]]:
    """The values that docs/reasons.md lists by reason."""
    part = (ROOT / "docs" / "reasons.md").read_text().partition("## Values")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:3] for line in part.splitlines() if line.startswith("| `")]
    return {reason.strip(" `"): re.findall(r"`(\w+)`", values) for reason, values in rows}


def giving_values() -> set[str]:
    """Codes that are given with `values`."""
    paths = [path for folder in ("services", "shared") for path in sorted((ROOT / folder).rglob("*.py"))]
    calls = [node for path in paths for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    given = [node for node in calls if any(word.arg == "values" for word in node.keywords) or len(node.args) == 5]
    return {code for node in given for code in _called(node)} - {"gave_up"}  # a step that passes on those of a refusal


def _codes(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _called(node)
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "WORDS":
            yield from (code for pair in ast.walk(node) if isinstance(pair, ast.Tuple) for code in _word(pair.elts[0]))
        elif isinstance(node, ast.Tuple) and len(node.elts) == 3 and isinstance(_value(node.elts[2]), int):
            yield from _word(node.elts[0])  # (reason, error, status), to be raised elsewhere
        elif isinstance(node, ast.Dict):
            keys = [_value(key) for key in node.keys]
            yield from _word(node.values[keys.index("reason")]) if "reason" in keys and "error" in keys else ()


def _called(node: ast.Call) -> Iterator[str]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    place = POSITIONS.get(name, -1)
    if name == "__init__" or 0 <= place < len(node.args):
        yield from _word(node.args[max(place, 0)]) if node.args else ()
    if name in KEYWORDS:
        yield from (code for word in node.keywords if word.arg == "reason" for code in _either(word.value))


def _either(node: ast.expr) -> Iterator[str]:
    """A word, or those of `a if … else b`."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant):
            yield from _word(part)


def _word(node: ast.expr) -> Iterator[str]:
    value = _value(node)
    if isinstance(value, str) and value.replace("_", "").isalpha() and value.islower():
        yield value


def _value(node: ast.expr | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None
