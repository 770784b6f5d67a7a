"""A change of the HTTP interface that breaks the page fails the page's type check."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.gateway.http.openapi import document

WEB = Path(__file__).parents[2] / "web"
SOURCES = [path for path in sorted((WEB / "src").rglob("*.ts*")) if not path.name.endswith((".test.ts", ".d.ts"))]
CALLS = {"fetch(": {"http.ts", "checks.ts"}, "XMLHttpRequest()": {"upload.ts"}, "sendTo(": {"http.ts", "resource.ts"}}
NO_CALLS = ("EventSource", "sendBeacon", "WebSocket")


def _route(old: str, new: str) -> Callable[[dict[str, Any]], None]:
    def change(api: dict[str, Any]) -> None:
        api["paths"][new] = api["paths"].pop(old)

    return change


def _method(path: str, old: str, new: str) -> Callable[[dict[str, Any]], None]:
    def change(api: dict[str, Any]) -> None:
        api["paths"][path][new] = api["paths"][path].pop(old)

    return change


def _parameter(path: str, method: str, old: str, new: str) -> Callable[[dict[str, Any]], None]:
    def change(api: dict[str, Any]) -> None:
        (found,) = [one for one in api["paths"][path][method]["parameters"] if one["name"] == old]
        found["name"] = new

    return change


def _field(schema: str, old: str, new: str) -> Callable[[dict[str, Any]], None]:
    def change(api: dict[str, Any]) -> None:
        found = api["components"]["schemas"][schema]
        found["properties"][new] = found["properties"].pop(old)
        found["required"] = [new if name == old else name for name in found.get("required", [])]

    return change


def _form(path: str, old: str, new: str) -> Callable[[dict[str, Any]], None]:
    def change(api: dict[str, Any]) -> None:
        found = api["paths"][path]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
        found["properties"][new] = found["properties"].pop(old)
        found["required"] = [new if name == old else name for name in found.get("required", [])]

    return change


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "the route of a call": (_route("/api/reports/monthly", "/api/reports/month"), "admin/watch/usage.tsx"),
    "the route of a list": (_route("/api/starting-points", "/api/starts"), "knowledge/starting.tsx"),
    "the route of a link": (_route("/auth/login", "/auth/sign-in"), "shell/signin.tsx"),
    "a method": (_method("/api/bans/{principal}/lift", "post", "put"), "admin/audit/alerts.tsx"),
    "a method of a list": (_method("/api/folders/{folder}", "delete", "post"), "knowledge/folders.tsx"),
    "a query parameter": (_parameter("/api/documents", "get", "due", "due_in"), "knowledge/list.ts"),
    "a path parameter": (_parameter("/api/shared/{owner}/{conversation}", "get", "owner", "of"), "ask/shared_view.tsx"),
    "a header": (_parameter("/api/queries/{query}/events", "get", "Last-Event-ID", "Last-Event"), "ask/exchange.ts"),
    "a field of a body": (_field("Scheduled", "cron", "times"), "data/new_schedule.tsx"),
    "a field of a form": (_form("/api/conversations/{conversation}/files", "file", "attachment"), "ask/files.ts"),
    "a field of a reply": (_field("QueueState", "pools", "queues"), "admin/watch/queue.tsx"),
}  # fmt: skip


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the type check of the page says after all the changes at once: one line an error."""
    page = tmp_path_factory.mktemp("page")
    shutil.copytree(WEB / "src", page / "src", ignore=shutil.ignore_patterns("api.d.ts"))
    for name in ("package.json", "tsconfig.json"):
        shutil.copy(WEB / name, page)
    (page / "node_modules").symlink_to(WEB / "node_modules")
    api = json.loads(json.dumps(document()))
    for change, _ in CHANGES.values():
        change(api)
    (page / "openapi.json").write_text(json.dumps(api))
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    command = ["npm", "run", "-s", "check"]
    done = subprocess.run(
        command, cwd=page, env=os.environ | {"PATH": path}, capture_output=True, text=True, timeout=300
    )
    assert "error TS" in done.stdout, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("what", CHANGES)
def test_renaming_it_fails_the_type_check(what: str, errors: str) -> None:
    assert re.search(rf"^src/{re.escape(CHANGES[what][1])}\(\d+,\d+\): error", errors, re.M), errors


def test_every_call_is_made_by_the_typed_client() -> None:
    for source in SOURCES:
        text = source.read_text()
        assert not [name for name in NO_CALLS if name in text], source.name
        assert not [call for call, allowed in CALLS.items() if call in text and source.name not in allowed], source.name


def test_every_address_in_the_page_is_a_route() -> None:
    routes = set(document()["paths"])
    for source in SOURCES:
        for found in re.findall(r"""['"`](/(?:api|auth|v1)/[^'"`]*)['"`]""", source.read_text()):
            assert found in routes, f"{source.name}: {found}"
