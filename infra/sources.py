"""The watcher of folders as a child of the supervisor, when there is a sources.toml."""

import sys

from client.sdk.errors import Refused
from client.sync.config import config_path, read
from infra.processes import Child
from shared.errors import NotReady
from shared.settings import Settings, environment


def watching(here: Settings) -> list[Child]:
    """None without sources; what is set wrongly raises `NotReady`."""
    try:
        path = config_path(here.home)
        given = read(path) if path else []
    except Refused as refused:
        raise NotReady(refused.error) from refused
    if not given:
        return []
    host = "127.0.0.1" if here.http_host in ("0.0.0.0", "::") else here.http_host  # noqa: S104
    found = environment(home=here.home, url=f"http://{host}:{here.http_port}")
    return [Child("sources", [sys.executable, "-m", "client.cli.main", "sources", "run", "--json"], here.home, found)]
