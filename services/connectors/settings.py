"""Connectors' own environment: where the declarations are, and how much runs at once."""

from functools import cache
from pathlib import Path

from pydantic import Field, SecretStr

from shared.settings import CloisterSettings, read, settings


class ConnectorSettings(CloisterSettings):
    """`connectors` is the file that declares sources; unset, it is `connectors.toml` in the home."""

    connectors: Path | None = None
    connectors_slots: int = Field(32, ge=1, le=256)
    connectors_timezone: str = "Asia/Shanghai"
    connectors_reports: Path | None = None
    connectors_hosts: frozenset[str] = frozenset()
    connectors_webhook_secret: SecretStr = SecretStr("")
    connectors_smtp: str = Field("", pattern=r"^(smtp://.+)?$")
    connectors_mail_from: str = "cloister@localhost"

    @property
    def file(self) -> Path:
        return self.connectors or settings().home / "connectors.toml"


@cache
def own() -> ConnectorSettings:
    """This process's connector settings, read once."""
    return read(ConnectorSettings)
