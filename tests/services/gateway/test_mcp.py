"""The setting that switches /mcp off."""

from pathlib import Path

import pytest

from services.gateway.handlers import mcp_served
from tests.services.gateway.running import AUTH, gateway
from tests.support.mcp_messages import HELLO, SPEAKS


@pytest.mark.parametrize(("on", "status"), [(True, 200), (False, 404)])
async def test_nothing_speaks_the_protocol_while_its_setting_is_off(tmp_path: Path, on: bool, status: int) -> None:
    async with gateway(tmp_path, mcp=on) as app, mcp_served(app.context):
        for headers in (AUTH, {}):
            reply = await app.http.post("/mcp", json=HELLO, headers=headers | SPEAKS)
            assert reply.status_code == (status if headers or not on else 401), reply.text
            if not on:
                assert (reply.json()["reason"], "CLOISTER_GATEWAY_MCP" in reply.json()["error"]) == ("not_found", True)
