"""Bodies of the routes of folders."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from services.gateway.http.response_models import ResponseModel
from services.gateway.http.schemas import Name, RequestBody

Line = Annotated[str, Field(max_length=1000)]
Code = Annotated[str, Field(max_length=100)]
LISTED = 100


class RejectedFile(BaseModel):
    """A file that is in the folder and cannot be found, and why: in words, and as a stable code."""

    path: Line
    reason: Line
    code: Code = ""


class FolderReport(RequestBody):
    """What a watcher says of its folder after a look at it. `trouble` is what keeps it from its work, if anything."""

    host: Annotated[str, Field(min_length=1, max_length=200)]
    folder: Annotated[str, Field(min_length=1, max_length=1000)]
    workspace: Name
    files: int = Field(ge=0)
    documents: int = Field(ge=0)
    waiting: int = Field(0, ge=0)
    trouble: Line = ""
    trouble_code: Code = ""
    rejected: Annotated[list[RejectedFile], Field(max_length=LISTED)] = Field(default_factory=list)
    rejected_total: int = Field(0, ge=0)


class Folder(ResponseModel):
    """A folder in step; `seen_at` is when its watcher last reported, `by` is who it signs in as."""

    id: str
    host: str
    folder: str
    workspace: str
    files: int
    documents: int
    waiting: int
    trouble: str
    trouble_code: str = ""
    rejected: list[RejectedFile]
    rejected_total: int
    by: str
    seen_at: datetime


class Folders(ResponseModel):
    """Those with trouble first."""

    folders: list[Folder]
