"""Files that only their owner reads, replaced as a whole."""

import json
import os
from pathlib import Path
from typing import Any


def replace(path: Path, text: str) -> None:
    """Write `text` in the place of `path`, readable by this user alone. A reader sees the old or the new."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)


def replace_json(path: Path, value: Any) -> None:
    """As `replace`, with `value` as JSON."""
    replace(path, json.dumps(value, ensure_ascii=False, indent=1))
