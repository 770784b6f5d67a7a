"""The formats by name."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from services.audit.export.cef import cef
from services.audit.export.ecs import ecs
from services.audit.export.ocsf import ocsf
from services.audit.export.table import csv_line
from shared.events import ExportFormat

Render = Callable[[Mapping[str, Any]], str]
RENDER: dict[ExportFormat, Render] = {
    "json": lambda record: orjson.dumps(record).decode(),
    "ocsf": lambda record: orjson.dumps(ocsf(record)).decode(),
    "ecs": lambda record: orjson.dumps(ecs(record)).decode(),
    "cef": cef,
    "csv": csv_line,
}


def rendered(leaf: bytes, format_: ExportFormat) -> str:
    """A record as one line of that format."""
    return RENDER[format_](orjson.loads(leaf))
