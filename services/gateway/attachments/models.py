"""Bodies of the routes of attached files."""

from services.gateway.http.response_models import ResponseModel


class Attachment(ResponseModel):
    """A file of a conversation: its bytes in size, its pages and the characters that were read in them."""

    name: str
    size: int
    pages: int
    characters: int


class AttachmentList(ResponseModel):
    """The first first."""

    files: list[Attachment]


class AttachmentGone(ResponseModel):
    """No question finds it any more."""

    name: str


class AttachmentPage(ResponseModel):
    """The text of a page; with a quote, the characters where it stands in it."""

    name: str
    page: int
    pages: int
    text: str
    start: int | None = None
    end: int | None = None
