"""POST /api/feedback: what the asker thinks of an answer."""

from fastapi import APIRouter, Response
from pydantic import Field

from services.gateway.admission import Caller
from services.gateway.bodies import Body, JsonRoute
from services.gateway.desk import AtDesk
from services.gateway.queries import mine
from services.gateway.replies import json
from services.gateway.rereading import GONE

routes = APIRouter(prefix="/api", tags=["feedback"], route_class=JsonRoute)


class Opinion(Body):
    """The body of /api/feedback."""

    query_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    useful: bool
    comment: str = Field("", max_length=4000)


@routes.post("/feedback", status_code=201)
async def judge(opinion: Opinion, caller: Caller, desk: AtDesk) -> Response:
    """Was the answer useful? The newest opinion of each asker counts."""
    call = await mine(desk, caller, opinion.query_id)
    if call.answer is None:
        raise GONE
    await desk.conversations.judge(call.principal, call.query, opinion.useful, opinion.comment.replace("\0", ""))
    return json({"query_id": call.query, "useful": opinion.useful, "comment": opinion.comment}, 201)
