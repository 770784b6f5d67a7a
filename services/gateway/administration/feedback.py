"""POST /api/feedback: what the asker thinks of an answer; GET: what managers may learn from it."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.gateway.admission import Caller, admit
from services.gateway.audit.disclosures import show_queries
from services.gateway.context import Context
from services.gateway.http.response_models import FeedbackBody, Opinions
from services.gateway.http.responses import json
from services.gateway.http.schemas import JsonRoute, RequestBody
from services.gateway.queries.citation_access import gone
from services.gateway.queries.routes import mine

routes = APIRouter(prefix="/api", tags=["feedback"], route_class=JsonRoute)


class Opinion(RequestBody):
    """The body of /api/feedback."""

    query_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    useful: bool
    comment: str = Field("", max_length=4000)
    question: str = Field("", max_length=8000, description="As it was asked, should Cloister not know it any more.")


@routes.post("/feedback", status_code=201, response_model=FeedbackBody)
async def judge(opinion: Opinion, caller: Caller, context: Context) -> Response:
    """Was the answer useful? The newest opinion of each asker counts."""
    call = await mine(context, caller, opinion.query_id)
    if call.answer is None:
        raise gone()
    comment, question = opinion.comment.replace("\0", ""), opinion.question.replace("\0", "")
    await context.opinions.keep(call, opinion.useful, comment, question)
    return json({"query_id": call.query, "useful": opinion.useful, "comment": opinion.comment}, 201)


@routes.get("/feedback", response_model=Opinions)
async def told(
    caller: Caller,
    context: Context,
    workspace: Annotated[str | None, Query(max_length=100)] = None,
    useful: bool | None = None,
    since: datetime | None = None,
) -> Response:
    """Opinions on questions in workspaces that the caller manages, newest first; not who had them.

    A question that was asked everywhere and found nothing is told to administrators alone.
    """
    _, admitted = await admit(context, caller, "manage", workspace)
    after = since.replace(tzinfo=UTC) if since and since.tzinfo is None else since
    everything = "admin" in admitted.principal.roles
    rows = await context.opinions.told(admitted.workspaces, everything, workspace, useful, after)
    if rows:
        await show_queries(context, admitted.principal, [row["query"] for row in rows], "feedback")
    return json({"feedback": [row | {"query_id": row.pop("query"), "at": row["at"].isoformat()} for row in rows]})
