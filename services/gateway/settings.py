"""Settings of the gateway: waiting times and limits."""

import re
from functools import cache
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from shared.settings import CloisterSettings, read

ORIGIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}=https?://[a-z0-9.-]+(:\d{1,5})?")
PAGE_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")


class GatewaySettings(CloisterSettings):
    """`CLOISTER_GATEWAY_…`"""

    model_config = SettingsConfigDict(env_prefix="CLOISTER_GATEWAY_", env_ignore_empty=True, extra="ignore")

    answer_seconds: float = Field(300, gt=0, le=86_400)
    edge_answer_seconds: float = Field(3600, gt=0, le=86_400)
    grace_seconds: float = Field(20, ge=0)
    heartbeat_seconds: float = Field(15, gt=0)
    upload_mb: int = Field(100, gt=0, le=1024)
    history_turns: int = Field(4, ge=0, le=20)
    edge_slots: int = Field(4, gt=0, le=64)
    resumable: int = Field(1000, gt=0)
    embed: str = Field("", description="who may show the page inside of another: key=origin, with commas between")
    plain_model: bool = Field(True, description="offer `cloister-plain`, which asks no documents, under /v1")
    helper_model: str = Field("", description="the model that writes titles and tags for front ends")
    mcp: bool = Field(True, description="speak the Model Context Protocol at /mcp")
    cors_origins: str = Field("", description="pages that may call /api, /v1 and /mcp: origins, with commas between")
    scenarios: Path | None = Field(None, description="a TOML file in the place of the shipped scenarios")
    keep_days: int = Field(0, ge=0, le=36_500, description="days after which conversations go; 0 is for ever")
    erased: Path | None = Field(None, description="the list of erased persons; by default erased.jsonl in the home")
    topic_classifier: str = Field("", description="module:function that names the topics of a question")

    @field_validator("embed")
    @classmethod
    def origins(cls, value: str) -> str:
        for pair in filter(None, value.split(",")):
            if not ORIGIN.fullmatch(pair.strip()):
                raise ValueError(f"{pair.strip()!r} is not of the form erp=https://erp.example.com")
        return value

    @field_validator("cors_origins")
    @classmethod
    def exact(cls, value: str) -> str:
        for origin in _listed(value):
            if not PAGE_ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r} is no origin of the form https://erp.example.com, without * and path")
        return value

    @property
    def origins_allowed(self) -> list[str]:
        """The origins whose pages may call."""
        return _listed(self.cors_origins)

    def origins_of(self, key: str) -> list[str]:
        """The origins whose pages may frame ours under this key."""
        pairs = [pair.strip().split("=", 1) for pair in self.embed.split(",") if pair.strip()]
        return [origin for name, origin in pairs if name == key]


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


@cache
def gateway_settings() -> GatewaySettings:
    """Read once."""
    return read(GatewaySettings)
