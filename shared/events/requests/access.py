"""Requests about document access: who may read, and why."""

from pydantic import Field

from shared.events.access import Action, Credential
from shared.events.message import Model, Request
from shared.events.requests.documents import DocumentState


class Readable(Model):
    """Those of the documents that were asked for which are there and open."""

    document_ids: tuple[str, ...]


class MayRead(Request[Readable], subject="ingestion.may_read.v1"):
    """Are these documents, which an answer cites, still there and open to the capability's principal?"""

    capability: str = Field(repr=False)
    query: str
    document_ids: tuple[str, ...]


class AccessChecked(Model):
    """What a document's own lists say of somebody: which of the names asked about are on them."""

    document: DocumentState
    denied: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    limited: bool = False
    may_read: bool = False


class CheckAccess(Request[AccessChecked], subject="ingestion.weigh.v1"):
    """How a document's lists decide: about the caller, or about `holders` for its managers and for auditors."""

    capability: str = Field(repr=False)
    query: str
    document_id: str
    holders: tuple[str, ...] | None = None


class GivenBy(Model):
    """A grant that names one of somebody's names."""

    grant_id: str
    to: str
    actions: tuple[Action, ...]


class Decision(Model):
    """Whether an action is allowed in a workspace, and the rule that decides.

    `rule`: `grant`, `deny`, `admin`, `key`, `locked` or `none`.
    """

    action: Action
    allowed: bool
    rule: str
    words: str
    grant_id: str | None = None


class Explained(Model):
    """Who somebody is, under which names lists and grants may name them, and what they may in a workspace."""

    principal: str
    exists: bool
    holders: tuple[str, ...] = ()
    grants: tuple[GivenBy, ...] = ()
    denied: tuple[GivenBy, ...] = ()
    actions: tuple[Action, ...] = ()
    decisions: tuple[Decision, ...] = ()


class Explain(Request[Explained], subject="auth.explain.v1"):
    """Why may `principal` (None: the caller) do what in `workspace`? For themselves, its managers and auditors."""

    credential: Credential
    workspace: str
    principal: str | None = None


class Unknown(Model):
    """Those of the names that are nobody's now."""

    names: tuple[str, ...]


class Recognise(Request[Unknown], subject="auth.recognise.v1"):
    """Which of these names, that a list of `workspace` is to hold, are nobody's? For those who may write there.

    Without a workspace, names of people only, for all who are signed in.
    """

    credential: Credential
    workspace: str | None = None
    names: tuple[str, ...]
