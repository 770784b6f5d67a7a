"""POST /api/audit/rules/try: what rules would have found in the past."""

from fastapi import APIRouter, Response
from pydantic import Field

from services.gateway.admission import Caller, admit
from services.gateway.context import Context
from services.gateway.http.responses import json
from services.gateway.http.schemas import JsonRoute, RequestBody
from shared.events import RuleFindings, TryRules
from shared.events.moment import Moment

routes = APIRouter(prefix="/api/audit/rules", tags=["audit"], route_class=JsonRoute)


class Trial(RequestBody):
    """Rules as TOML; empty are those in use."""

    rules: str = Field("", max_length=100_000)
    since: Moment | None = Field(None, strict=False)
    until: Moment | None = Field(None, strict=False)


@routes.post("/try", response_model=RuleFindings)
async def try_rules(trial: Trial, caller: Caller, context: Context) -> Response:
    """Nothing is done about what is found."""
    query, admitted = await admit(context, caller, "read")
    wanted = TryRules(capability=admitted.capability, query=query, **trial.model_dump())
    found: RuleFindings = await context.bus.request(wanted, timeout=60)
    return json(found.model_dump(mode="json"))
