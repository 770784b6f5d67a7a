"""Settings of the gateway: waiting times and limits."""

from functools import cache

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import CloisterSettings, read


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
    topic_classifier: str = Field("", description="module:function that names the topics of a question")


@cache
def gateway_settings() -> GatewaySettings:
    """Read once."""
    return read(GatewaySettings)
