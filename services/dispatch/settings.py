"""Settings of dispatch: how lanes share the workers."""

from functools import cache

from pydantic import Field

from shared.settings import CloisterSettings, read


class DispatchSettings(CloisterSettings):
    """Of twelve turns people get eight, business systems three and batches one; those of an idle lane go to others."""

    dispatch_interactive: float = Field(8, gt=0)
    dispatch_system: float = Field(3, gt=0)
    dispatch_batch: float = Field(1, gt=0)

    @property
    def weights(self) -> dict[str, float]:
        return {
            "interactive": self.dispatch_interactive,
            "system": self.dispatch_system,
            "batch": self.dispatch_batch,
        }


@cache
def settings() -> DispatchSettings:
    """This process's settings, read once."""
    return read(DispatchSettings)
