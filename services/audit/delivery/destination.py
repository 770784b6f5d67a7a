"""Destinations declared in a file: `[[forward]]` for records, `[[channel]]` for alerts."""

import os
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from shared.errors import NotReady
from shared.events import ExportFormat


class WithSecret(BaseModel):
    """`secret_file` or `secret_env` name where the token or password is; it never stands in the file itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,40}$")
    secret_env: str = ""
    secret_file: Path | None = None

    def secret(self) -> str:
        """The token or password; empty when none is named."""
        return self.secret_file.read_text().strip() if self.secret_file else os.environ.get(self.secret_env, "")


class Forward(WithSecret):
    """Every record to a collector. `syslog` is RFC 5424 over TLS, `otlp` logs, `hec` Splunk, `elastic` its bulk API."""

    kind: Literal["syslog", "otlp", "hec", "elastic"]
    host: str = ""
    port: int = Field(6514, ge=1, le=65535)
    url: str = ""
    format: ExportFormat = "ocsf"
    ca_file: Path | None = None
    index: str = "cloister-audit"

    @model_validator(mode="after")
    def _placed(self) -> "Forward":
        if not (self.host if self.kind == "syslog" else self.url):
            raise ValueError(f"{self.kind} needs {'host' if self.kind == 'syslog' else 'url'}")
        return self


class Channel(WithSecret):
    """Alerts to people. `feishu`, `dingtalk`, `wecom`, `slack` and `json` are webhooks, `smtp` is mail."""

    kind: Literal["feishu", "dingtalk", "wecom", "slack", "json", "smtp"]
    url: str = ""
    host: str = ""
    port: int = Field(587, ge=1, le=65535)
    sender: str = ""
    to: tuple[str, ...] = ()
    user: str = ""
    starttls: bool = True

    @model_validator(mode="after")
    def _placed(self) -> "Channel":
        if self.kind == "smtp" and not (self.host and self.sender and self.to):
            raise ValueError("smtp needs host, sender and to")
        if self.kind != "smtp" and not self.url:
            raise ValueError(f"{self.kind} needs url")
        return self


class Destinations(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    forward: tuple[Forward, ...] = ()
    channel: tuple[Channel, ...] = ()


def read_destinations(path: Path | None) -> Destinations:
    """None has none; NotReady names the first mistake."""
    if path is None:
        return Destinations()
    try:
        return Destinations.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        words = f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}. Correct it."
        raise NotReady(words) from error
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise NotReady(f"CLOISTER_AUDIT_DESTINATIONS={path} cannot be read ({error}). Correct or unset it.") from error
