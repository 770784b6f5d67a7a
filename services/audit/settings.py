"""How the audit log is written and read."""

from functools import cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import CloisterSettings, read


class AuditSettings(CloisterSettings):
    """`batch` events are one transaction; a reader gets `page` records at most. `origin` names the log in the world.
    Archived days are files in `archive` (by default in the home); records leave the tables after `keep_days`.
    `minutes_saved` by an answer and the price of an hour of GPU are what the monthly report reckons with.
    `rules` and `destinations` are TOML files: what is noticed, and where records and alerts go.
    `patterns` is a TOML file of what is taken out of texts besides the built-in kinds.
    `content` keeps questions and answers, redacted and encrypted under a key per person, for `keep_content_days`;
    `two_people` lets an auditor read them only when another one agrees. 0 for `keep_archive_days` is for ever.

    Without news a checkpoint is signed after `idle_seconds`: silence would look like a log that was stopped.
    """

    model_config = SettingsConfigDict(env_prefix="CLOISTER_AUDIT_", env_ignore_empty=True, extra="ignore")

    batch: int = Field(256, ge=2, le=2048)
    page: int = Field(500, ge=1, le=1000)
    origin: str = Field("", pattern=r"^[^\s+]{0,120}$")
    idle_seconds: float = Field(60, gt=0)
    patterns: Path | None = None
    presidio: bool = False
    archive: Path | None = None
    keep_days: int = Field(400, ge=1, le=36_500)
    content: bool = False
    two_people: bool = False
    keep_content_days: int = Field(180, ge=1, le=36_500)
    keep_archive_days: int = Field(0, ge=0, le=36_500)
    minutes_saved: float = Field(6, ge=0)
    gpu_price: float = Field(0, ge=0)
    rules: Path | None = None
    destinations: Path | None = None


@cache
def audit_settings() -> AuditSettings:
    """This process's, read once."""
    return read(AuditSettings)
