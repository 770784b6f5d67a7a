"""A reply stays with who asked for it, and no page of a stranger gets one."""

from collections.abc import Iterator

import httpx
import pytest

from bench.system import System, system
from shared.http.hosts import TrustedHosts
from tests.support.company import STAND_INS, Company

TOKEN = "a token of Prometheus"


def raw(cloister: Company, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    return httpx.request(method, cloister.system.base + path, headers=headers)


@pytest.mark.parametrize(
    "path", ["/docs", "/openapi.json", "/api/me", "/api/login", "/nowhere", "/healthz", "/v1/models"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_cache_keeps_a_reply_and_no_browser_guesses_its_kind(cloister: Company, path: str, method: str) -> None:
    reply = raw(cloister, path, method)
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "server" not in reply.headers


def test_answers_and_documents_are_kept_by_no_cache(cloister: Company) -> None:
    space = cloister.workspace("finance")
    state = cloister.paper(space, "limits.txt", "The hotel limit in Europe is 180 US dollars a night.")
    token = {"Authorization": f"Bearer {cloister.admin.token}"}
    for path in (f"/api/documents/{state['document_id']}/content", "/api/documents", "/api/audit"):
        reply = raw(cloister, path, **token)
        assert reply.status_code == 200
        assert "no-store" in reply.headers["cache-control"]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "localhost.evil.example"]
)
def test_a_stranger_s_name_that_leads_here_gets_nothing(cloister: Company, host: str) -> None:
    reply = raw(cloister, "/api/login", "POST", Host=host)
    assert reply.status_code in (400, 421)
    assert "CLOISTER_TRUSTED_HOSTS" in reply.text or reply.status_code == 400


@pytest.mark.parametrize("path", ["/api/me/", "/docs/", "//evil.example/api", "/api//login"])
def test_no_redirect_follows_the_host_header(cloister: Company, path: str) -> None:
    for host in ("evil.example", "localhost"):
        reply = raw(cloister, path, Host=host)
        assert "location" not in reply.headers
        assert reply.status_code in (404, 421)


@pytest.mark.parametrize(
    ("host", "held"),
    [
        ("localhost", True), ("LOCALHOST.:8000", True), ("127.0.0.1:8000", True), ("[::1]:8000", True),
        ("10.1.2.3", True), ("cloister.example:443", True), ("a.apps.example", True), ("apps.example", False),
        ("evilapps.example", False), ("cloister.example.evil", False), ("", False), ("2130706433.evil", False),
        ("[::1].evil", False),
    ],
)  # fmt: skip
def test_the_names_that_are_set_hold_and_no_others(host: str, held: bool) -> None:
    hosts = TrustedHosts(lambda *_: None, ["cloister.example", " *.apps.example "])  # type: ignore[arg-type, return-value]
    assert hosts.trusts(host) is held


@pytest.fixture(scope="module")
def watched() -> Iterator[System]:
    with system(**STAND_INS, http_host="0.0.0.0", metrics_token=TOKEN) as found:  # noqa: S104
        yield found


def test_figures_are_for_this_machine_and_for_who_has_the_token(watched: System) -> None:
    with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.9")) as elsewhere:
        url = f"{watched.base}/metrics"
        assert elsewhere.get(url).status_code == 401
        assert elsewhere.get(url, headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert "cloister_" in elsewhere.get(url, headers={"Authorization": f"Bearer {TOKEN}"}).text
        assert elsewhere.get(f"{watched.base}/healthz").status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_a_proxy_on_this_machine_gets_no_figures_for_others(cloister: Company, header: str) -> None:
    assert raw(cloister, "/metrics").status_code == 200
    assert raw(cloister, "/metrics", **{header: "203.0.113.9"}).status_code == 401
