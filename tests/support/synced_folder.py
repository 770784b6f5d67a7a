"""A folder and a workspace that a watcher keeps in step, for the tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from client.sdk.http import Http
from client.sync.retrying_client import RetryingClient
from client.sync.source import Source
from client.sync.watcher import Watcher, WatchOptions
from tests.support.company import Company

FEE = "# Chess club\n\nThe annual membership fee of the chess club is {} yuan.\n"
BREAD = "# Bakery\n\nThe bakery opens at {} in the morning.\n"
QUICK = WatchOptions(once=True, quiet_seconds=0.1)


@dataclass
class Step:
    """A folder of the test's, a workspace, and what the watcher told."""

    cloister: Company
    folder: Path
    workspace: str
    state: Path
    told: list[dict[str, Any]] = field(default_factory=list)
    more: dict[str, str] = field(default_factory=dict)

    def look(self, options: WatchOptions = QUICK) -> None:
        """Once, as cron does."""
        with self.watcher(options) as watcher:
            watcher.run()

    @contextmanager
    def watcher(self, options: WatchOptions) -> Iterator[Watcher]:
        system = self.cloister.system
        line = RetryingClient(lambda: Http(system.base, system.token), not options.once, lambda words: None)
        source = Source(self.folder, self.workspace, more=tuple(self.more.items()))
        watcher = Watcher(source, self.state, line, self.notify, options)
        try:
            yield watcher
        finally:
            watcher.stop()
            watcher.close()

    def notify(self, event: str, **fields: Any) -> None:
        self.told.append({"event": event} | fields)

    def write(self, path: str, text: str) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def titles(self) -> dict[str, str]:
        return {state.title: state.document_id for state in self.cloister.admin.documents(self.workspace)}

    def finds(self, question: str) -> list[str]:
        return [found.text for found in self.cloister.admin.search(question, self.workspace)]

    def events(self, name: str) -> list[dict[str, Any]]:
        return [told for told in self.told if told["event"] == name]


@pytest.fixture
def step(cloister: Company, tmp_path: Path) -> Step:
    folder = tmp_path / "share"
    folder.mkdir()
    return Step(cloister, folder, cloister.workspace("share"), tmp_path / "state.db")
