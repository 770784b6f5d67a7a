"""How the trail is written and read."""

from functools import cache

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import CloisterSettings, read


class AuditSettings(CloisterSettings):
    """`batch` events are one transaction; a reader gets `page` rows at most."""

    model_config = SettingsConfigDict(env_prefix="CLOISTER_AUDIT_", env_ignore_empty=True, extra="ignore")

    batch: int = Field(256, ge=2, le=2048)
    page: int = Field(1000, ge=1, le=10_000)


@cache
def audit_settings() -> AuditSettings:
    """This process's, read once."""
    return read(AuditSettings)
