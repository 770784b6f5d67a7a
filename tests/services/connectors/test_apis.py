"""An HTTP API as a source: GET at declared paths, rows by right, and what a bad API does to nobody."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from services.connectors.declarations.loading import load
from services.connectors.execution import Run, execute
from services.connectors.named.binding import checked
from services.connectors.rights.visibility import still_seen
from shared.errors import Refused
from shared.events import RowSet
from shared.security.capability import Right
from tests.services.connectors.running import NOW, right
from tests.services.connectors.test_named import Opened

FINANCE, PRODUCTION = right("person:alice", "group:finance"), right("person:chen", "group:production")
ORDERS = [
    {"id": 1, "department": "east", "amount": 12.5, "note": "轴承 🧾"},
    {"id": 2, "department": "plant", "amount": None, "note": None},
    {"id": 3, "department": "east", "amount": 7, "note": {"a": 1}},
]
DOCUMENT = {
    "openapi": "3.1.0",
    "paths": {
        "/orders/{year}": {
            "get": {"parameters": [{"$ref": "#/components/parameters/year"}, {"in": "query", "name": "status"}]},
            "delete": {},
        },
        "/slow": {"get": {}},
        "/broken": {"get": {}},
        "/moved": {"get": {}},
        "/large": {"get": {}},
        "/away": {"get": {}},
    },
    "components": {"parameters": {"year": {"in": "path", "name": "year"}}},
}
FILE = """
[sources.mes]
title = "MES"
url = "{url}"
openapi = "openapi.json"
token_env = "MES_TOKEN"
workspaces = ["finance"]
timeout_seconds = 0.5
[sources.mes.scopes.departments]
"group:finance" = "*"
"group:production" = ["plant"]
[queries.orders]
source = "mes"
title = "Orders"
description = "Orders of a year"
examples = ["orders of a year"]
path = "/orders/{{year}}"
items = "data.rows"
scoped = {{department = "departments"}}
parameters.year = {{type = "integer", max = 3000}}
parameters.status = {{type = "choice", values = {{open = []}}, default = "open"}}
columns.id.title = "Order"
columns.amount = {{title = "Amount", unit = "元"}}
columns.note.title = "Note"
"""
OTHER = """
[queries.{0}]
source = "mes"
title = "{0}"
description = "{0}"
examples = ["{0}"]
path = "/{0}"
"""


class Mes(BaseHTTPRequestHandler):
    """What it was asked is kept on the server."""

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("authorization")))  # type: ignore[attr-defined]
        if self.path.startswith("/slow"):
            threading.Event().wait(1.5)
        status = {"/moved": 302, "/away": 503}.get(self.path, 200)
        self.send_response(status)
        self.send_header("location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()
        body = b"not json" if self.path == "/broken" else b" " * 9_000_000 if self.path == "/large" else None
        self.wfile.write(body or json.dumps({"data": {"rows": ORDERS}}).encode())

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def mes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mes)
    server.asked = []  # type: ignore[attr-defined]
    server.folder = tmp_path  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT))
    text = FILE.format(url=f"http://127.0.0.1:{server.server_port}")
    text += "".join(OTHER.format(name) for name in ("slow", "broken", "moved", "large", "away", "gone"))
    (tmp_path / "connectors.toml").write_text(text)
    monkeypatch.setenv("MES_TOKEN", "secret")
    yield server
    server.shutdown()
    server.server_close()


async def run(mes: Any, name: str, who: Right = FINANCE, **given: Any) -> RowSet:
    declared = load(mes.folder / "connectors.toml")
    query = declared.queries[name]
    wanted = Run(name, query, declared.sources["mes"], checked(query, given, NOW), in_chinese=False)
    return (await execute(wanted, who, Opened(mes.folder)))[0]


async def test_a_list_of_records_becomes_rows_with_the_address_as_the_query(mes: Any) -> None:
    found = await run(mes, "orders", year=2026)
    assert found.rows == ((1, 12.5, "轴承 🧾"), (2, None, None), (3, 7, '{"a":1}'))
    assert found.statement.endswith("/orders/2026?status=open")
    assert mes.asked == [("/orders/2026?status=open", "Bearer secret")]
    assert "secret" not in found.model_dump_json()


async def test_each_sees_the_records_of_their_scope_and_an_old_answer_closes_with_it(mes: Any) -> None:
    found = await run(mes, "orders", PRODUCTION, year=2026)
    assert [row[0] for row in found.rows] == [2]
    assert (await run(mes, "orders", right("person:eve"), year=2026)).rows == ()
    declared, cited = load(mes.folder / "connectors.toml"), f"data:mes:orders:{found.rights}"
    assert still_seen(declared, PRODUCTION, {}, [cited]) == [cited]
    assert still_seen(declared, right("person:eve"), {}, [cited]) == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("slow", "source_slow"),
        ("broken", "source_changed"),
        ("moved", "source_failed"),
        ("large", "source_failed"),
        ("away", "source_unavailable"),
        ("gone", "source_changed"),
    ],
)
async def test_a_bad_reply_is_told_in_words(mes: Any, name: str, reason: str) -> None:
    with pytest.raises(Refused) as error:
        await run(mes, name)
    assert error.value.reason == reason
    assert "MES" in error.value.error


async def test_an_api_that_is_gone_is_unavailable(mes: Any) -> None:
    mes.shutdown()
    mes.server_close()
    with pytest.raises(Refused) as error:
        await run(mes, "orders", year=2026)
    assert error.value.reason == "source_unavailable"
