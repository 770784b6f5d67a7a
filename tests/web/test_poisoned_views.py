"""Poison in the names, figures and rows of Administration and Business data is only text, too."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.support.company import Company
from tests.web.poison import poisons
from tests.web.test_poison import FORBIDDEN, TRAPS
from tests.web.visitor import Visitors, visit

N = 197  # of 200: some take three at a time
ROUTES: dict[str, Any] = {
    r"/api/queue$": lambda p: {"pools": [{
        "pool": p[0], "slots": 1, "answering": 1, "waiting": {"interactive": 1}, "answer_seconds": 1.0,
        "oldest_seconds": 1.0, "wait_seconds": 1.0,
        "workers": [{"worker": p[n], "slots": 1, "busy": 1, "models": p[n : n + 2]} for n in range(N)],
    }]},
    r"/api/reports/monthly": lambda p: {
        "month": "2026-11", "formula": p[0], "figures": figures(p), "before": figures(p),
    },
    r"/api/alerts$": lambda p: {"alerts": [{
        "seq": n, "at": "2026-07-01T08:00:00Z", "principal": p[n], "rule": p[n], "why": p[n], "value": 1, "act": p[n],
        "until": None, "acknowledged_by": p[n], "acknowledged_at": None, "note": p[n],
    } for n in range(N)]},
    r"/api/bans$": lambda p: {"bans": [
        {"principal": p[n], "until": "2026-07-01T08:00:00Z", "rule": p[n]} for n in range(N)
    ]},
    r"/api/data/sources": lambda p: {"sources": [{
        "source": p[n], "title": p[n], "kind": p[n], "workspaces": p[n : n + 2], "tables": 1, "queries": 1,
        "problems": p[n : n + 2],
    } for n in range(N)]},
    r"/api/users$": lambda p: {"users": [
        {"username": p[n], "groups": [p[n]], "roles": [p[n]], "locked": True} for n in range(N)
    ]},
    r"/api/grants$": lambda p: {"grants": []},
    r"/api/directory$": lambda p: {"issuer": p[0], "people": 1, "groups": 1, "full_at": 1, "problems": p},
    r"/api/topics$": lambda p: {"topics": [
        {"group": p[n], "allow": p[n : n + 2], "deny": p[n : n + 2]} for n in range(N)
    ]},
    r"/api/limits$": lambda p: {"limits": [
        {"to": p[n], "daily": 1, "opens": None, "closes": None, "days": [p[n]], "zone": p[n]} for n in range(N)
    ]},
    r"/api/data/queries\?": lambda p: {"queries": [named(n, p) for n in range(N)]},
    r"/api/data/queries/": lambda p: {
        "source": p[0], "source_title": p[1], "query": p[2], "title": p[3], "statement": p[4],
        "parameters": {p[5]: p[6]},
        "columns": [{"name": p[7], "title": p[7], "unit": p[8]}, {"name": "n", "title": p[9], "unit": ""}],
        "rows": [[p[n], n] for n in range(N)], "row_count": N, "more": False, "read_at": "2026-07-01T08:00:00Z",
        "digest": "", "plot": "bar", "query_id": None,
    },
    r"/api/data/schedules$": lambda p: {"schedules": [{
        "schedule_id": str(n), "owner": p[n], "title": p[n], "question": p[n], "workspace": None, "cron": p[n],
        "timezone": p[n], "delivery": [{"kind": p[n], "to": p[n]}], "next": [], "last_state": p[n], "last_error": p[n],
    } for n in range(N)]},
}  # fmt: skip
VIEWS = (
    "admin/people", "admin/limits", "admin/queue", "admin/usage", "admin/alerts", "admin/sources", "data/queries/q0",
    "data/schedules",
)  # fmt: skip


def figures(p: list[str]) -> dict[str, Any]:
    counts = {text: 1 for text in p[:N]}
    return {
        "questions": 1, "people": 1, "departments": counts, "days": {}, "outcomes": counts, "hours_saved": 1,
        "response_seconds": {"p50": 1, "p95": 1}, "gpu_seconds": counts, "costs": counts, "workspaces": counts,
        "opinions": {"useful": 1, "useless": 0},
    }  # fmt: skip


def named(n: int, p: list[str]) -> dict[str, Any]:
    choice = {
        "name": "x", "type": "choice", "title": p[n], "required": False, "default": p[n], "values": p[n : n + 3],
        "minimum": None, "maximum": None,
    }  # fmt: skip
    about = {"source": p[n], "title": p[n], "description": p[n], "examples": p[n : n + 3], "parameters": [choice]}
    return about | {"name": f"q{n}"}


def test_poisoned_names_figures_and_rows_of_business_are_only_text(cloister: Company, visitors: Visitors) -> None:
    page = visitors.open(cloister.admin, path="/docs/assets/favicon.png")
    page.add_init_script(TRAPS)
    for pattern, body in ROUTES.items():
        page.route(re.compile(pattern), lambda route, _, body=body: route.fulfill(json=body(poisons())))
    for view in VIEWS:
        visit(page, view)
        if view.startswith("data/queries"):
            page.get_by_role("button", name="Run", exact=True).click()
            expect(page.locator(".data-rows tbody tr")).to_have_count(N)
        assert "evil.example" in page.locator("#content").inner_text() or "pwned" in page.content(), view
        assert page.locator(f"#app :is({FORBIDDEN})").count() == 0, view
        assert page.evaluate("window.pwned") is None, view
        assert page.evaluate("violations") == [], view
