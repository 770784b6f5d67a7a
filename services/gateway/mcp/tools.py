"""The tools: each goes the way of the route that does the same, with its rights and records."""

from typing import Any

from services.gateway.administration.accounts import whoami
from services.gateway.business.business_data import NamedQueryInput, listed_queries, rows_of
from services.gateway.documents.response_models import PageText
from services.gateway.documents.revisions import page_text
from services.gateway.http.response_models import Answer, NamedQueriesBody, Passages, RowSetBody, Workspaces
from services.gateway.http.search import Searched, searched
from services.gateway.mcp.asking import answered
from services.gateway.mcp.inputs import AskInput, NothingInput, PageInput, QueriesInput, QueryInput, SearchInput
from services.gateway.mcp.tool import CallContext, Tool

ToolReply = tuple[dict[str, Any], str]


async def search(call: CallContext, given: SearchInput) -> ToolReply:
    """Passages, best first."""
    found = await searched(call.context, call.caller, Searched.model_validate(given.model_dump()))
    lines = [f"{one['title']}, p. {one['page']} ({one['document_id']})\n{one['text']}" for one in found["passages"]]
    told = [f"{code} does not occur." for code in found["absent"]]
    return found, "\n\n".join([*told, *(lines or ["Nothing was found."])])


async def get_page(call: CallContext, given: PageInput) -> ToolReply:
    """The text of a page."""
    found = await page_text(call.context, call.caller, given.document_id, given.revision, given.page)
    return found, str(found["text"])


async def list_workspaces(call: CallContext, _: NothingInput) -> ToolReply:
    """What the caller may ask."""
    known = (await whoami(call.context, call.caller))["workspaces"]
    found = [one for one in known if {"ask", "summarise"} & set(one["actions"])]
    return {"workspaces": found}, "\n".join(f"{one['workspace']}: {one['title']}" for one in found) or "None."


async def list_named_queries(call: CallContext, given: QueriesInput) -> ToolReply:
    """Named queries of business data."""
    found = await listed_queries(call.context, call.caller, given.language)
    lines = (f"{one['name']}: {one['title']}" for one in found["queries"])
    return found, "\n".join(lines) or "There are none that you may use."


async def run_named_query(call: CallContext, given: QueryInput) -> ToolReply:
    """Exact rows of a business source."""
    called = NamedQueryInput(parameters=given.parameters, workspace=given.workspace, language=given.language)
    found = await rows_of(call.context, call.caller, given.name, called)
    titles = [column["title"] for column in found["columns"]]
    lines = [titles, *([str(cell) for cell in row] for row in found["rows"])]
    return found, "\n".join(" | ".join(line) for line in lines)


TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            "search", "Search documents", "Finds passages in the company's documents, without writing an answer. "
            "Each names its document and page.", SearchInput, Passages, search,
        ),
        Tool(
            "ask", "Ask the documents", "Answers a question from the company's documents and business data, with "
            "citations. It waits in a queue; progress tells the place.", AskInput, Answer, answered,
        ),
        Tool(
            "get_page", "Read a page", "The whole text of a page that a passage or a citation names.",
            PageInput, PageText, get_page,
        ),
        Tool(
            "list_workspaces", "List workspaces", "The workspaces that you may ask.",
            NothingInput, Workspaces, list_workspaces,
        ),
        Tool(
            "list_named_queries", "List named queries", "Questions about business data that have exact answers, with "
            "their parameters.", QueriesInput, NamedQueriesBody, list_named_queries,
        ),
        Tool(
            "run_named_query", "Run a named query", "Reads rows of business data as you may see them. No model is "
            "asked.", QueryInput, RowSetBody, run_named_query,
        ),
    )
}  # fmt: skip
