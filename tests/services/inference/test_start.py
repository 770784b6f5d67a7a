"""What inference says when it cannot start."""

from pathlib import Path
from typing import cast

import pytest

from services.inference import handlers
from services.inference.engines.ollama import Ollama
from services.inference.settings import InferenceSettings
from shared.bus import Bus
from shared.errors import NotReady
from shared.settings import Settings


class ClosedOnce(Ollama):
    closed = 0

    async def close(self) -> None:
        self.closed += 1


async def test_a_missing_key_is_named_and_the_engine_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = ClosedOnce("http://127.0.0.1:9", "", "m")

    async def opened(settings: InferenceSettings) -> ClosedOnce:
        return engine

    monkeypatch.setattr(handlers, "open_engine", opened)
    monkeypatch.setattr(handlers, "process", lambda: Settings(home=tmp_path))
    with pytest.raises(NotReady, match=r"inference\.key"):
        await anext(handlers.run(cast(Bus, None)))
    assert engine.closed == 1
