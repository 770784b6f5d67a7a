"""Revoked capabilities, received live and replayed from their stream."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from shared.background import background
from shared.bus import Bus
from shared.errors import Refused, Unavailable
from shared.events import Action, Loss, RightsRevoked

log = logging.getLogger(__name__)
STREAM = "REVOCATIONS"
LOOK_SECONDS = 0.5  # a loss that was not heard live counts this much later at most


class RightHolder(Protocol):
    """The part of a right that losses are compared with."""

    @property
    def parties(self) -> tuple[tuple[str, ...], ...]: ...
    @property
    def workspaces(self) -> tuple[str, ...]: ...
    @property
    def actions(self) -> tuple[Action, ...]: ...
    @property
    def credential(self) -> str: ...
    @property
    def epoch(self) -> int: ...


@dataclass(slots=True)
class RevokedEpochs:
    """The newest epoch at which a principal lost all, or an action in a workspace."""

    everything: int = 0
    places: dict[tuple[Action, str], int] = field(default_factory=dict)


class Revocations:
    """Losses by principal and by credential; `changed` are called after each."""

    def __init__(self) -> None:
        self._principals: dict[str, RevokedEpochs] = {}
        self._credentials: dict[str, int] = {}
        self.changed: list[Callable[[], None]] = []
        self.sequence = 0

    def hear(self, event: RightsRevoked) -> None:
        """Keep what was lost; the same event twice is one."""
        for loss in event.losses:
            self._keep(loss, event.epoch)
        for tell in self.changed:
            tell()

    def _keep(self, loss: Loss, epoch: int) -> None:
        known = self._principals.setdefault(loss.principal, RevokedEpochs())
        if loss.everything:
            known.everything = max(known.everything, epoch)
        for action, workspaces in loss.lost.items():
            for workspace in workspaces:
                known.places[action, workspace] = max(known.places.get((action, workspace), 0), epoch)
        for credential in loss.credentials:
            self._credentials[credential] = max(self._credentials.get(credential, 0), epoch)

    def lost(self, right: RightHolder) -> bool:
        """Whether something that it covers was lost since it was signed."""
        if self._credentials.get(right.credential, 0) > right.epoch:
            return True
        return any(self._since(known, right) > right.epoch for known in self._known(right))

    def require(self, right: RightHolder) -> None:
        """`Refused` (403) when something was."""
        if self.lost(right):
            raise revoked()

    def _known(self, right: RightHolder) -> Iterator[RevokedEpochs]:
        for names in right.parties:
            for name in names:
                if known := self._principals.get(name):
                    yield known

    @staticmethod
    def _since(known: RevokedEpochs, right: RightHolder) -> int:
        places = ((action, workspace) for action in right.actions for workspace in right.workspaces)
        lost = [known.places[place] for place in places if place in known.places] if known.places else []
        return max(known.everything, *lost) if lost else known.everything


def revoked() -> Refused:
    """The same words for every kind of loss."""
    return Refused("revoked", "Your rights changed while this was on its way. Ask again.", 403)


@asynccontextmanager
async def following(bus: Bus, revocations: Revocations) -> AsyncIterator[None]:
    """All losses known before the block begins; those missed live are read from the stream within half a second."""
    await _catch_up(bus, revocations)
    async with background(_follow(bus, revocations)):
        yield


async def _follow(bus: Bus, revocations: Revocations) -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            await _catch_up(bus, revocations)
        except Unavailable:
            # Tokens travel on the same bus: while it is away nothing leaves.
            continue
        except Exception:  # the loop must not end; it reads again
            log.exception("%s could not read revocations and tries again", bus.service)


async def _catch_up(bus: Bus, revocations: Revocations) -> None:
    while message := await bus.after(STREAM, revocations.sequence, RightsRevoked.subject):
        revocations.hear(RightsRevoked.model_validate_json(message.data))
        revocations.sequence = message.sequence
