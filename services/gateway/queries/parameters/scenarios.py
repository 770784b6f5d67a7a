"""Scenarios: instructions that a department's questions may come with, open to whoever may ask in its workspace."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.errors import NotReady, Refused
from shared.events import Admitted

SHIPPED = Path(__file__).with_name("scenarios.toml")
EVERYWHERE = "*"
Language = Literal["en", "zh"]
MISSING = "There is no such scenario, or it is not open to you. See GET /api/scenarios."


class Scenario(BaseModel):
    """One of the file. `workspace` `*` means all that the caller may ask."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1, max_length=200)
    title_zh: str = Field("", max_length=200)
    workspace: str = Field(min_length=1)
    instructions: str = Field(min_length=1, max_length=16_384)

    def called(self, language: Language) -> str:
        """Its title, in Chinese where it has one."""
        return (self.title_zh if language == "zh" else "") or self.title

    @property
    def place(self) -> str | None:
        """The workspace that a question of it is asked in, unless it names one."""
        return None if self.workspace == EVERYWHERE else self.workspace


@cache
def scenarios(file: Path | None) -> dict[str, Scenario]:
    """Those of a file, by name, or those that are shipped; `NotReady` for a file that is wrong."""
    path = file or SHIPPED
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
        return {name: Scenario.model_validate(fields) for name, fields in given.items()}
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise NotReady(f"The scenarios in {path} cannot be read: {error}. Correct the file.") from error


def open_to(known: dict[str, Scenario], admitted: Admitted) -> dict[str, Scenario]:
    """Those of workspaces in which the caller may ask, by all of their rights."""
    asked = set(admitted.workspaces) - set(admitted.summarised) | ({EVERYWHERE} if admitted.workspaces else set())
    return {name: one for name, one in known.items() if one.workspace in asked}


def chosen(known: dict[str, Scenario], admitted: Admitted, name: str) -> Scenario:
    """The one of this name; `Refused` (404) alike for a foreign and a missing one."""
    if (found := open_to(known, admitted).get(name)) is None:
        raise Refused("scenario_not_found", MISSING, 404)
    return found
