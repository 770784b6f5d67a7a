"""Every route of OpenAPI, called by every role: what comes is in routes.toml, and a route without a row fails."""

import tomllib
from pathlib import Path

import pytest

from services.gateway.http.openapi import document
from tests.attacks.callers import ROLES, Callers
from tests.support.company import Company

TABLE: dict[str, list[int]] = tomllib.loads(Path(__file__).with_name("routes.toml").read_text())["routes"]
# These end what the others need.
LAST = ("DELETE /api/conversations/{conversation}", "POST /api/logout", "POST /auth/logout", "DELETE /auth/sessions")
GUESSING = {"POST /api/login", "POST /auth/login"}  # many wrong passwords have to wait
ROUTES = sorted(
    (f"{method.upper()} {path}" for path, methods in document()["paths"].items() for method in methods),  # type: ignore[attr-defined]
    key=lambda route: (route in LAST, route),
)


@pytest.fixture(scope="module")
def callers(cloister: Company) -> Callers:
    return Callers(cloister)


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert sorted(TABLE) == sorted(ROUTES), "say in routes.toml what each role gets"


@pytest.mark.parametrize("route", ROUTES)
def test_each_role_gets_what_the_table_says(route: str, callers: Callers) -> None:
    method, _, path = route.partition(" ")
    found = {role: callers.call(role, method, path).status_code for role in ROLES}
    if route in GUESSING:
        assert set(found.values()) <= {401, 429}
    else:
        assert found == dict(zip(ROLES, TABLE[route], strict=True))


def test_nobody_gets_anything_without_a_credential() -> None:
    open_to_all = {route for route, statuses in TABLE.items() if statuses[0] != 401}
    assert open_to_all == {
        "GET /auth/callback", "GET /auth/login", "GET /auth/session", "POST /auth/backchannel-logout",
    }  # fmt: skip
