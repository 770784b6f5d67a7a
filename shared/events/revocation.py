"""Revoked rights, kept for as long as a capability may live."""

from pydantic import Field

from shared.events.access import Action
from shared.events.message import Event, Model


class Loss(Model):
    """What one principal lost: `everything`, some workspaces by action, or single credentials (`key:<id>`)."""

    principal: str
    everything: bool = False
    lost: dict[Action, tuple[str, ...]] = Field(default_factory=dict)
    credentials: tuple[str, ...] = ()


class RightsRevoked(Event, subject="rights.revoked.v1"):
    """Capabilities of an older `epoch` no longer cover what is named here."""

    epoch: int
    losses: tuple[Loss, ...]

    def identity(self) -> str | None:
        first = self.losses[0].principal if self.losses else ""
        return f"{self.subject}:{self.epoch}:{first}"
