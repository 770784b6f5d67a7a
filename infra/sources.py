"""Runs the folder watcher as a child process if there is a sources.toml."""

import sys

from client.sdk.errors import Refused
from client.sync.config import config_path, read
from infra.processes import ChildProcess
from shared.errors import NotReady
from shared.settings import Settings, environment


def source_watcher(settings: Settings) -> list[ChildProcess]:
    """The watcher's process; an empty list without sources. `NotReady` if sources.toml is invalid."""
    try:
        path = config_path(settings.home)
        given = read(path) if path else []
    except Refused as refused:
        raise NotReady(refused.error) from refused
    if not given:
        return []
    host = "127.0.0.1" if settings.http_host in ("0.0.0.0", "::") else settings.http_host  # noqa: S104
    found = environment(home=settings.home, url=f"http://{host}:{settings.http_port}")
    command = [sys.executable, "-m", "client.cli.main", "sources", "run", "--json"]
    return [ChildProcess("sources", command, settings.home, found)]
