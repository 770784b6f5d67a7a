"""Pages of other origins: those of the setting may call, exactly those, and without cookies."""

import httpx
import pytest
from pydantic import ValidationError

from services.gateway.settings import GatewaySettings
from tests.support.company import PAGES, Company

ASKS = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}


@pytest.mark.parametrize("path", ["/api/chat", "/v1/chat/completions", "/mcp"])
def test_a_page_of_the_setting_may_call_and_no_other(cloister: Company, path: str) -> None:
    with httpx.Client(base_url=cloister.system.base) as http:
        asked = http.options(path, headers=ASKS | {"Origin": PAGES})
        assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, PAGES)
        assert "access-control-allow-credentials" not in asked.headers
        for origin in (f"{PAGES}.evil.com", "http://app.example.com", "null"):
            refused = http.options(path, headers=ASKS | {"Origin": origin})
            assert "access-control-allow-origin" not in refused.headers


def test_a_reply_can_be_read_with_its_query_id(cloister: Company) -> None:
    headers = {"Authorization": f"Bearer {cloister.system.token}", "Origin": PAGES}
    found = httpx.get(f"{cloister.system.base}/v1/models", headers=headers)
    assert found.headers["access-control-allow-origin"] == PAGES
    assert "X-Request-Id" in found.headers["access-control-expose-headers"]
    assert "Origin" in found.headers["vary"].split(", ")


def test_sign_in_of_the_page_is_for_the_page_alone(cloister: Company) -> None:
    asked = httpx.options(f"{cloister.system.base}/auth/login", headers=ASKS | {"Origin": PAGES})
    assert "access-control-allow-origin" not in asked.headers


@pytest.mark.parametrize("value", ["*", "https://*.example.com", "https://a.example.com/", "a.example.com"])
def test_only_exact_origins_are_taken(value: str) -> None:
    with pytest.raises(ValidationError, match="no origin of the form"):
        GatewaySettings(cors_origins=value)
