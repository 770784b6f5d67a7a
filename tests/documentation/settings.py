"""The tables of docs/settings.md: descriptions from .env.example, types and limits from the settings classes."""

import inspect
import re
import types
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from services.__main__ import ALL
from shared.settings import CloisterSettings

EXAMPLE = Path(__file__).parents[2] / ".env.example"
SECTION = re.compile(r"# --- (.+?) -+")
SETTING = re.compile(r"#(CLOISTER_\w+)=(.*)")
HEAD = "| setting | default | type | meaning |\n| --- | --- | --- | --- |"
LIMITS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}

# Read from the environment directly.
DIRECT = {
    "CLOISTER_SAMPLE",
    "CLOISTER_POOLS",
    "CLOISTER_STREAM_REPLICAS",
    "CLOISTER_URL",
    "CLOISTER_TOKEN",
    "CLOISTER_SOURCES",
}


def lines() -> Iterator[str]:
    """A table for each section of .env.example."""
    fields, comment = dict(declared()), ""
    for line in EXAMPLE.read_text().splitlines():
        if section := SECTION.fullmatch(line):
            yield from ["", f"## {section[1][0].upper()}{section[1][1:]}", "", HEAD]
            comment = ""
        elif setting := SETTING.fullmatch(line):
            default = f"`{setting[2]}`" if setting[2] else ""
            meaning = comment.replace("|", "\\|")
            yield f"| `{setting[1]}` | {default} | {_type(fields.get(setting[1]))} | {meaning} |"
            comment = ""
        elif line.startswith("# "):
            comment = f"{comment} {line[2:]}".strip()


def listed() -> dict[str, str]:
    """The settings of .env.example with their defaults as text."""
    found = map(SETTING.fullmatch, EXAMPLE.read_text().splitlines())
    return {setting[1]: setting[2] for setting in found if setting}


def declared() -> Iterator[tuple[str, FieldInfo]]:
    """Each environment variable that a settings class reads, with its field."""
    for place in ("shared.settings", *(f"services.{name}.settings" for name in ALL)):
        for kind in vars(import_module(place)).values():
            if inspect.isclass(kind) and issubclass(kind, CloisterSettings) and kind.__module__ == place:
                prefix = kind.model_config["env_prefix"]
                yield from ((f"{prefix}{name}".upper(), field) for name, field in kind.model_fields.items())


def _type(field: FieldInfo | None) -> str:
    if field is None:
        return "text"
    limits = [
        f"{sign} {value:,}"
        for constraint in field.metadata
        for name, sign in LIMITS.items()
        if (value := getattr(constraint, name, None)) is not None
    ]
    return ", ".join([_name(field.annotation), *limits])


def _name(annotation: Any) -> str:
    origin = get_origin(annotation)
    if origin is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(annotation))
    if origin in (Union, types.UnionType):
        return " or ".join(_name(part) for part in get_args(annotation) if part is not type(None))
    if origin in (list, frozenset, set, tuple):
        return "JSON list"
    names = {str: "text", int: "integer", float: "number", bool: "boolean", Path: "path", SecretStr: "secret"}
    return names.get(annotation, getattr(annotation, "__name__", "text"))
