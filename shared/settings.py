"""Settings of every process, from the environment or from files named by `…_FILE`."""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from shared.errors import NotReady

S = TypeVar("S", bound=BaseSettings)


class FileSecrets(PydanticBaseSettingsSource):
    """`CLOISTER_X_FILE=/run/secrets/x` sets `CLOISTER_X` to that file's text."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        name = f"{self.config.get('env_prefix', '')}{field_name}_FILE".upper()
        path = os.environ.get(name)
        try:
            return (Path(path).read_text().strip() if path else None), field_name, False
        except OSError as error:
            remedy = "Mount that file, or unset the setting"
            raise NotReady(f"{name} names {path}, which cannot be read ({error.strerror}). {remedy}.") from error

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(None, name)[0] for name in self.settings_cls.model_fields}
        return {name: value for name, value in found.items() if value is not None}


class CloisterSettings(BaseSettings):
    """The parent of each service's own settings."""

    model_config = SettingsConfigDict(env_prefix="CLOISTER_", env_ignore_empty=True, extra="ignore")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, FileSecrets(settings_cls)


class Settings(CloisterSettings):
    """Shared by all services; each default is what `make run` uses."""

    home: Path = Path("var")
    http_host: str = "127.0.0.1"
    http_port: int = Field(8000, ge=0, le=65535)
    http_connections: int = Field(4000, gt=0)
    trusted_hosts: str = ""
    trusted_proxies: str = "127.0.0.1"
    metrics_token: SecretStr = SecretStr("")
    public_url: str = ""
    nats_port: int = Field(4222, ge=0, le=65535)
    nats_url: str = ""
    nats_ca: Path | None = None
    database_url: str = ""
    keys: Path | None = None
    otlp_endpoint: str = ""
    trace_share: float = Field(1.0, ge=0, le=1)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    drain_seconds: float = Field(10.0, gt=0)

    @property
    def bus_url(self) -> str:
        return self.nats_url or f"nats://127.0.0.1:{self.nats_port}"

    @property
    def keys_dir(self) -> Path:
        return self.keys or self.home / "keys"


def read(kind: type[S]) -> S:
    """The settings, or one clear line for the first that is set wrongly."""
    try:
        return kind()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"{kind.model_config.get('env_prefix', '')}{'_'.join(map(str, first['loc']))}".upper()
        raise NotReady(
            f"{name}={first.get('input')!r} is set wrongly: {first['msg']}. Correct it or unset it."
        ) from error


@cache
def settings() -> Settings:
    """This process's settings, read once."""
    return read(Settings)


def environment(**values: object) -> Mapping[str, str]:
    """The environment for a child process, with CLOISTER_… values added."""
    return os.environ | {f"CLOISTER_{name.upper()}": str(value) for name, value in values.items()}
