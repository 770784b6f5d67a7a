"""Bodies of the routes of sharing."""

from datetime import datetime

from services.gateway.http.response_models import ResponseModel, StoredTurn


class Share(ResponseModel):
    """With whom a conversation is shared."""

    to: str
    at: datetime


class ShareList(ResponseModel):
    """With whom, the first first."""

    shares: list[Share]


class Unshared(ResponseModel):
    """Who cannot read it any more."""

    conversation: str
    to: str


class SharedConversation(ResponseModel):
    """A colleague's conversation."""

    owner: str
    conversation: str
    title: str
    updated_at: datetime


class SharedList(ResponseModel):
    """The newest first."""

    conversations: list[SharedConversation]


class SharedDetail(SharedConversation):
    """With its turns, oldest first; those that its reader's own rights do not cover are `withheld`."""

    turns: list[StoredTurn]
