"""What the tools take."""

from typing import Any, Literal

from pydantic import Field

from services.gateway.http.schemas import LARGEST, Name, Names, RequestBody


class SearchInput(RequestBody):
    """Passages are wanted."""

    question: str = Field(description="What to look for, as a question or in words, in Chinese or English.")
    workspace: Name | None = Field(None, description="One workspace; without it, all that you may ask.")
    workspaces: Names = Field(default_factory=list, description="Several workspaces.")
    limit: int = Field(10, ge=1, le=50, description="How many passages at most.")


class AskInput(RequestBody):
    """An answer is wanted."""

    question: str = Field(description="The question, which stands alone.")
    workspace: Name | None = Field(None, description="One workspace; without it, all that you may ask.")
    workspaces: Names = Field(default_factory=list, description="Several workspaces.")


class PageInput(RequestBody):
    """A page is wanted."""

    document_id: str = Field(max_length=64, description="The `document_id` of a passage or a citation.")
    page: int = Field(1, ge=1, description="The page's number, from 1.")
    revision: int | None = Field(
        None, ge=1, le=LARGEST, description="The revision; without it, the one that is found now."
    )


class NothingInput(RequestBody):
    """Nothing is needed."""


class QueriesInput(RequestBody):
    """Named queries are wanted."""

    language: Literal["zh", "en"] = Field("en", description="The language of titles.")


class QueryInput(RequestBody):
    """A named query is called."""

    name: Name = Field(description="Its name, of `list_named_queries`.")
    parameters: dict[str, Any] = Field(default_factory=dict, description="Values; those left out have their defaults.")
    workspace: Name | None = Field(None, description="One workspace; without it, all that you may ask.")
    language: Literal["zh", "en"] = Field("en", description="The language of titles and values.")
