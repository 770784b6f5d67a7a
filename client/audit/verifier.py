"""Verifies bundles against their checkpoints and an earlier state, and names the first wrong record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from client.audit.bundle import Bundle
from client.audit.emitters import Emitters
from client.audit.merkle import Edge, leaf_hash
from client.audit.note import Checkpoint, InvalidLog, LogKey


@dataclass
class VerificationReport:
    """The verified records `first` to `size`, the newest checkpoint, and messages about missing events (`gaps`)."""

    first: int = 0
    size: int = 0
    records: int = 0
    bundles: int = 0
    root: bytes = b""
    at: datetime | None = None
    gaps: list[str] = field(default_factory=list)


class Verifier:
    """`seen` is the state verified before: it reveals a rewritten history even if the signing key was stolen.

    Verification may continue from there or begin anywhere, because the signature covers the edge of the first bundle.
    With `first` it must begin with that record.
    """

    def __init__(self, key: LogKey, seen: Edge | None = None, first: int | None = None) -> None:
        self.key, self.seen, self.first = key, seen, first
        self.edge: Edge | None = None
        self.report, self.emitters = VerificationReport(), Emitters()

    def all(self, bundles: Iterable[Bundle]) -> VerificationReport:
        """Verify all bundles; `InvalidLog` at the first wrong one."""
        for bundle in bundles:
            self.add(bundle)
        return self.finish()

    def finish(self) -> VerificationReport:
        """Check at the end that no record seen before is missing."""
        if self.seen and self.report.size < self.seen.size and (self.report.bundles or self.seen.size):
            raise InvalidLog(f"{self.seen.size} records were seen before, and now fewer", self.report.size + 1)
        self.report.gaps = self.emitters.gaps()
        return self.report

    def add(self, bundle: Bundle) -> None:
        """Verify the next bundle."""
        signed = self._opened(bundle)
        edge = self._edge(bundle)
        hashes = [leaf_hash(leaf) for leaf in bundle.leaves]
        after = edge.copy()
        after.add(hashes)
        if after.size != bundle.size or after.root() != signed.root:
            raise self._named(bundle, edge, hashes, signed)
        self._numbered(bundle)
        self._listed(bundle, edge, hashes)
        self._as_seen(bundle, edge, hashes)
        self._accept(bundle, after, signed)

    def _opened(self, bundle: Bundle) -> Checkpoint:
        try:
            signed = self.key.open(bundle.note)
        except InvalidLog as invalid:
            raise InvalidLog(invalid.words, bundle.first, bundle.size) from invalid
        if signed.size != bundle.size:
            raise InvalidLog(
                f"the checkpoint speaks of {signed.size} records, not {bundle.size}", bundle.first, bundle.size
            )
        if self.report.at and signed.at and signed.at < self.report.at:
            raise InvalidLog("a checkpoint is older than the one before it", bundle.first, bundle.size)
        return signed

    def _edge(self, bundle: Bundle) -> Edge:
        if self.edge is None and self.seen and bundle.first == self.seen.size + 1:
            self.edge = self.seen.copy()
            self.report.first = bundle.first
        if self.edge is None:
            if self.first is not None and bundle.first != self.first:
                raise InvalidLog("records are missing", self.first, bundle.first - 1)
            try:
                self.edge = Edge(bundle.first - 1, bundle.edge)
            except ValueError as error:
                raise InvalidLog(f"the bundle cannot be placed: {error}", bundle.first, bundle.size) from error
            self.report.first = bundle.first
            self.emitters.whole = bundle.first == 1
        if bundle.first > self.edge.size + 1:
            raise InvalidLog("records are missing", self.edge.size + 1, bundle.first - 1)
        if bundle.first < self.edge.size + 1:
            raise InvalidLog("records were repeated or taken back", bundle.first, self.edge.size)
        return self.edge

    def _named(self, bundle: Bundle, edge: Edge, hashes: Sequence[bytes], signed: Checkpoint) -> InvalidLog:
        """The wrong record: exactly, if the bundle's list of hashes is what was signed."""
        listed = edge.copy()
        listed.add(bundle.hashes)
        wrong = next((n for n, pair in enumerate(zip(hashes, bundle.hashes, strict=False)) if pair[0] != pair[1]), None)
        if wrong is None and len(hashes) != len(bundle.hashes):
            wrong = min(len(hashes), len(bundle.hashes))
        if wrong is not None and (listed.size, listed.root()) == (signed.size, signed.root):
            found = "is missing" if wrong >= len(hashes) else "is not what was signed"
            return InvalidLog(f"record {bundle.first + wrong} {found}", bundle.first + wrong)
        # Neither fits: the history before may be another one, or any of these was changed along with its hash.
        numbered = self._misplaced(bundle)
        if numbered is not None:
            return InvalidLog(f"record {numbered} is not where it was signed", numbered)
        return InvalidLog(
            f"records {bundle.first} to {bundle.size}, or those before them, are not what was signed",
            bundle.first + (wrong or 0),
            bundle.size,
        )

    @staticmethod
    def _misplaced(bundle: Bundle) -> int | None:
        for seq, leaf in enumerate(bundle.leaves, bundle.first):
            if not leaf.startswith(b'{"seq":%d,' % seq):
                return seq
        return None

    def _numbered(self, bundle: Bundle) -> None:
        seq = self._misplaced(bundle)
        if seq is not None:
            raise InvalidLog(f"record {seq} carries another number", seq)

    @staticmethod
    def _listed(bundle: Bundle, edge: Edge, hashes: Sequence[bytes]) -> None:
        """The stored hashes prove nothing, but different ones show that the store was changed."""
        if list(bundle.hashes) != list(hashes):
            pairs = zip(hashes, [*bundle.hashes, *[b""] * len(hashes)], strict=False)
            wrong = bundle.first + next((n for n, pair in enumerate(pairs) if pair[0] != pair[1]), 0)
            raise InvalidLog(f"the stored hash of record {wrong} is not that of the record", wrong)
        if list(bundle.edge) != edge.hashes:
            raise InvalidLog(
                f"the stored hashes before record {bundle.first} are not those of the records", bundle.first
            )

    def _as_seen(self, bundle: Bundle, edge: Edge, hashes: Sequence[bytes]) -> None:
        """Check that the log extends the tree that was seen before."""
        if self.seen and edge.size < self.seen.size <= bundle.size:
            then = edge.copy()
            then.add(hashes[: self.seen.size - edge.size])
            if then.root() != self.seen.root():
                raise InvalidLog("the log was rewritten and signed again since it was seen last", 1, self.seen.size)

    def _accept(self, bundle: Bundle, after: Edge, signed: Checkpoint) -> None:
        for leaf in bundle.leaves:
            self.emitters.add(leaf)
        self.edge = after
        report = self.report
        report.size, report.root, report.at = after.size, signed.root, signed.at or report.at
        report.records += len(bundle.leaves)
        report.bundles += 1
