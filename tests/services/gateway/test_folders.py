"""Watchers report their folders, and a workspace has so many at most."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.gateway.folders import routes as folders
from tests.services.gateway.running import AUTH, gateway

REJECTED = {"path": "b.pdf", "reason": "It is damaged.", "code": ""}


@pytest.fixture
async def route(tmp_path: Path) -> AsyncIterator[Any]:
    async with gateway(tmp_path) as opened:
        yield opened


async def report(route: Any, folder: str = "/srv/a", **about: Any) -> Any:
    body = {"host": "h", "folder": folder, "workspace": "finance", "files": 1, "documents": 1} | about
    return await route.http.put("/api/folders", json=body, headers=AUTH)


async def test_a_report_is_told_back_as_the_list_tells_it_and_the_last_one_counts(route: Any) -> None:
    await report(route)
    told = await report(route, files=2, rejected=[REJECTED], rejected_total=1)
    assert (told.status_code, told.json()["files"], told.json()["rejected"]) == (200, 2, [REJECTED])
    assert (await route.http.get("/api/folders", headers=AUTH)).json() == {"folders": [told.json()]}


async def test_a_folder_too_many_is_refused_and_those_that_are_there_report_on(
    route: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "MOST", 1)
    await report(route)
    refused = await report(route, "/srv/b")
    assert (refused.status_code, refused.json()["reason"]) == (409, "too_many_folders")
    assert (await report(route, files=3)).json()["files"] == 3
