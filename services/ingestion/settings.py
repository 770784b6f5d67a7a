"""Settings of ingestion: limits of uploads and parsers."""

from functools import cache

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import CloisterSettings, read


class IngestionSettings(CloisterSettings):
    """Each limit holds for one file."""

    model_config = SettingsConfigDict(env_prefix="CLOISTER_INGESTION_", env_ignore_empty=True, extra="ignore")

    parsers: int = Field(2, ge=1, le=64, description="files read at the same time")
    waiting: int = Field(16, ge=1, le=256, description="files taken from the queue, read or waiting for their turn")
    quick_seconds: float = Field(0.5, gt=0, description="of the processor: after this a file lets others pass")
    parse_seconds: float = Field(30, gt=0)
    cpu_seconds: int = Field(28, gt=0)
    memory_mb: int = Field(448, ge=256)
    max_bytes: int = Field(200 << 20, gt=0)
    max_output: int = Field(512 << 20, gt=0)
    orphan_seconds: float = Field(7200, gt=0, description="until bytes that no document names are taken away")
    revisions: int = Field(20, ge=0, description="older revisions of a document that keep their bytes")
    scan_pages: int = Field(1000, ge=0, description="pages of one document that are recognised (OCR)")
    scan_seconds: float = Field(3600, gt=0, description="for all of them together")

    @property
    def limits(self) -> dict[str, int]:
        """Of the process that reads a file; what it writes is all that it has found."""
        return {"memory": self.memory_mb << 20, "cpu": self.cpu_seconds, "file": self.max_output, "files": 64}


@cache
def ingestion_settings() -> IngestionSettings:
    """This process's, read once."""
    return read(IngestionSettings)
