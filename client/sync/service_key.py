"""The watcher's own API key: write access to the workspaces of its sources, stored in the home (mode 0600)."""

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from client.cli import passwords
from client.cli.credentials import connect, home
from client.private_file import replace_json
from client.sdk.errors import Refused
from client.sdk.http import Http
from client.sdk.transport import local
from client.sync.source import Source

NAME = "folder-sources"


class ServiceKey:
    """Signs in with CLOISTER_TOKEN, or with a key created once with this machine's administrator password."""

    def __init__(self, url: str, token: str, sources: Iterable[Source]) -> None:
        self._url, self._token, self._lock = url, token, Lock()
        self.actions: dict[str, list[str]] = {}
        before: dict[str, list[str]] = _load().get("wanted", {})
        for source in sources:
            listed = {"allow", "deny"} & {name for name, _ in source.more}
            actions = ["write", "manage"] if listed else ["write"]
            # Removing access lists needs the same right as setting them, so a right once given is kept.
            known = self.actions.get(source.workspace) or before.get(source.workspace, [])
            self.actions[source.workspace] = max(actions, known, key=len)

    def connect(self) -> Http:
        """A signed-in connection. A key that lacks a workspace or is refused is replaced."""
        given = self._token or os.environ.get("CLOISTER_TOKEN", "")
        if given or not local(self._url):
            return connect(self._url, given)
        with self._lock:
            stored = _load()
            http = Http(self._url, str(stored.get("key", "")))
            if not self._is_valid(http, stored):
                http.token = self._create()
            return http

    def _is_valid(self, http: Http, stored: dict[str, Any]) -> bool:
        if stored.get("wanted") != self.actions or stored.get("missing"):
            return False
        try:
            http.me()
        except Refused as refused:
            if refused.status != 401:
                raise
            return False
        return True

    def _create(self) -> str:
        """A new key for the workspaces that exist. It is replaced again while some are missing."""
        with Http(self._url) as admin:
            admin.login("admin", passwords.admin_password())
            there = {space["name"] for space in admin.every("workspace")} & self.actions.keys()
            if not there:
                names = ", ".join(sorted(self.actions))
                raise Refused(
                    "workspace_not_found", f"There is no workspace {names}. Make it: `cloister workspaces add`."
                )
            with suppress(Refused):
                admin.remove("key", NAME)
            key = str(admin.make("key", name=NAME, workspaces=sorted(there))["key"])
            for space in sorted(there):
                admin.make("grant", workspace=space, to=f"app:{NAME}", actions=self.actions[space])
        _save({"key": key, "wanted": self.actions, "missing": sorted(self.actions.keys() - there)})
        return key


def _path() -> Path:
    return home() / "sources-key.json"


def _load() -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _save(stored: dict[str, Any]) -> None:
    replace_json(_path(), stored)
