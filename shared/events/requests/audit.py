"""Requests to the audit log: records, proofs, readiness."""

from typing import Any, Literal

from pydantic import Field

from shared.events.audit import LogSeen
from shared.events.message import Model, Request
from shared.events.moment import Moment

ExportFormat = Literal["json", "ocsf", "ecs", "cef", "csv"]


# What a line of an export as csv holds.
CSV_COLUMNS = (
    "seq", "at", "subject", "principal", "about", "source", "event_id", "size", "digest", "origin", "facts",
)  # fmt: skip


class Record(Model):
    """One record of the audit log: a leaf of its tree. `digest` commits to the event's bytes with a salt kept apart.

    `origin` is where the act came from: address, interface, kind of credential.
    `emitter` is the process that told the event, `n` counts what it told, `void` are numbers that were never stored.
    `facts` depend on the kind of event, and hold no content.
    """

    seq: int
    at: Moment
    stream: str
    stream_seq: int
    subject: str
    event_id: str
    source: str
    about: str
    principal: str
    size: int
    digest: str
    emitter: str = ""
    n: int = 0
    void: str = ""
    origin: dict[str, str] = Field(default_factory=dict)
    facts: dict[str, Any] = Field(default_factory=dict)


class Lines(Model):
    """Records or bundles, a line each, in order; `next` is the last of them, `last` the newest there is."""

    lines: str
    last: int
    next: int = 0


class ReadRecords(Request[Lines], subject="log.read.v1"):
    """Records after `after`; `about` is a query or document, `kind` the beginning of subjects.

    The capability must carry the role `auditor` or `admin`. With `told` the reading is itself recorded.
    """

    capability: str = Field(repr=False)
    query: str
    after: int = 0
    about: str | None = None
    principal: str | None = None
    since: Moment | None = None
    until: Moment | None = None
    kind: str | None = None
    limit: int = 500
    told: bool = False
    format: ExportFormat = "json"


class ReadBundles(Request[Lines], subject="log.bundles.v1"):
    """Whole batches from that of record `after + 1` on, with their checkpoints, for a verifier."""

    capability: str = Field(repr=False)
    query: str
    after: int = 0


class Proof(Model):
    """Hashes (base64) from the leaf upwards, and the signed checkpoint that they lead to."""

    leaf_hash: str = ""
    proof: tuple[str, ...]
    checkpoint: str


class ProveInclusion(Request[Proof], subject="log.include.v1"):
    """That record `seq` is in the tree of `size` (the newest when None)."""

    capability: str = Field(repr=False)
    query: str
    seq: int
    size: int | None = None


class ProveConsistency(Request[Proof], subject="log.extend.v1"):
    """That the tree of `size` (the newest when None) begins with the tree of `first`."""

    capability: str = Field(repr=False)
    query: str
    first: int
    size: int | None = None


class Tile(Model):
    """The bytes (base64) of a C2SP tile: hashes, or entries with their lengths."""

    data: str


class ReadTile(Request[Tile], subject="log.tile.v1"):
    """`width` hashes of a tile; of level -1, its entries."""

    capability: str = Field(repr=False)
    query: str
    level: int
    number: int
    width: int = 256


class LogKeyText(Model):
    """The public key of the log (C2SP vkey)."""

    vkey: str


class ReadLogKey(Request[LogKeyText], subject="log.key.v1"):
    """Which key signs the checkpoints? It is no secret."""


class CheckLog(Request[LogSeen], subject="log.check.v1"):
    """Can the log be written now?"""


class RuleFinding(Model):
    """What a rule would have found: by whom, with which record, and how much was counted."""

    rule: str
    who: str
    value: float
    seq: int
    at: Moment
    act: str


class RuleFindings(Model):
    """In the order of the records; `records` were looked at."""

    findings: tuple[RuleFinding, ...]
    records: int


class TryRules(Request[RuleFindings], subject="log.try.v1"):
    """What `rules` (TOML; empty: those in use) would have found in the records of that time. Nothing is done."""

    capability: str = Field(repr=False)
    query: str
    rules: str = Field("", max_length=100_000)
    since: Moment | None = None
    until: Moment | None = None


class MonthFigures(Model):
    """A month's figures beside those of the month before, the times that bound them, and how they are computed."""

    figures: dict[str, Any]
    before: dict[str, Any]
    start_before: Moment
    start: Moment
    end: Moment
    formula: str


class ReadMonth(Request[MonthFigures], subject="log.month.v1"):
    """What `month` (2026-11, UTC) was, counted from the records; the formula is told in `language` (en or zh)."""

    capability: str = Field(repr=False)
    query: str
    month: str
    language: Literal["en", "zh"] = "en"
