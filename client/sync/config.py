"""Reads `sources.toml`. An invalid setting is reported in one line."""

import os
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from client.cli.credentials import home
from client.sdk.errors import Refused
from client.sync.source import Source
from client.sync.watcher import WatchOptions

Names = Annotated[list[str], Field(max_length=100)]


class SourceSection(BaseModel):
    """One `[[source]]`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    folder: str = Field(min_length=1)
    workspace: str = Field(min_length=1, max_length=100)
    prefix: str = Field("", max_length=100)
    include: list[str] = []
    exclude: list[str] = []
    allow: Names = []
    deny: Names = []
    owner: str = Field("", max_length=200)
    every: float = Field(30, ge=0.2, le=86_400)
    allow_mass_delete: float = Field(50, ge=0, le=100)

    def source(self, beside: Path) -> Source:
        """The source; a relative folder is relative to the file's."""
        lists = {"allow": ",".join(self.allow), "deny": ",".join(self.deny), "owner": self.owner}
        more = tuple((name, value) for name, value in lists.items() if value)
        folder = (beside / os.path.expandvars(self.folder)).expanduser()
        return Source(folder, self.workspace, self.prefix, tuple(self.include), tuple(self.exclude), more)

    @property
    def options(self) -> WatchOptions:
        return WatchOptions(interval=self.every, max_deleted=self.allow_mass_delete, wait_for_folder=True)


def config_path(beside: Path | None = None) -> Path | None:
    """The path in CLOISTER_SOURCES, or `sources.toml` in the home if it exists."""
    given = os.environ.get("CLOISTER_SOURCES", "")
    if given and not Path(given).is_file():
        words = f"CLOISTER_SOURCES={given} is no file. Correct it or unset it."
        raise Refused("invalid", words)
    usual = (beside or home()) / "sources.toml"
    return Path(given) if given else usual if usual.is_file() else None


def read(path: Path) -> list[tuple[Source, WatchOptions]]:
    """All sources with their options; `Refused` names the first invalid field."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused("invalid", f"{path} cannot be read: {error}. Correct it.") from error
    sections = found.pop("source", None)
    if found or not isinstance(sections, list):
        raise Refused("invalid", f"{path} may hold [[source]] sections alone, each with folder and workspace.")
    checked = [_section(path, number, given) for number, given in enumerate(sections, 1)]
    sources = [(section.source(path.parent), section.options) for section in checked]
    _reject_shared_titles(path, [source for source, _ in sources])
    return sources


def _section(path: Path, number: int, given: Any) -> SourceSection:
    try:
        return SourceSection.model_validate(given)
    except ValidationError as error:
        # A misspelt name is also reported as a missing one; the misspelling says more.
        first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        name = ".".join(map(str, first["loc"]))
        near = get_close_matches(name, SourceSection.model_fields, 1) if first["type"] == "extra_forbidden" else []
        hint = f"Did you mean {near[0]!r}?" if near else f"Known are {', '.join(SourceSection.model_fields)}."
        value = "" if first["type"] == "missing" else f" cannot be {str(first['input'])[:60]!r}:"
        words = f"{path}, source {number}: the field {name!r}{value} {first['msg'].lower()}. {hint}"
        raise Refused("invalid", words) from error


def _reject_shared_titles(path: Path, sources: list[Source]) -> None:
    """Refuse two folders whose documents could get the same titles and overwrite each other."""
    seen: dict[tuple[str, str], Source] = {}
    for number, source in enumerate(sources, 1):
        other = seen.setdefault((source.workspace, source.prefix), source)
        if other is not source:
            words = (
                f"{path}, source {number}: {source.folder} and {other.folder} both go to {source.workspace!r}. "
                f"Give one of them a `prefix`, such as prefix = '{source.folder.name}/'."
            )
            raise Refused("invalid", words)
