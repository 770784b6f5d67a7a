"""The audit log of a running Cloister: reads records and verifies proofs on the client's side."""

import base64
from collections.abc import Iterator
from typing import Any

from client.audit.bundle import Bundle, from_lines
from client.audit.merkle import leaf_hash, proves_consistency, proves_inclusion
from client.audit.note import Checkpoint, InvalidLog, LogKey
from client.audit.verifier import VerificationReport, Verifier
from client.sdk.errors import Refused
from client.sdk.transport import HttpTransport, without_none
from shared.events import Record


class AuditClient:
    """`key` is the log's verifier key; it should not come from the server that is checked.

    `with Http(url, token) as cloister: AuditClient(cloister, key).prove(17)`
    """

    def __init__(self, http: HttpTransport, key: LogKey | None = None) -> None:
        self._http = http
        self.key = key or LogKey(http.call("GET", "/api/audit/key")["vkey"])

    def records(self, after: int = 0, **which: Any) -> list[Record]:
        """A page of records; `which`: about, principal, since, until, kind, limit."""
        found = self._http.call("GET", "/api/audit", params=without_none(after=after, **which))["records"]
        return [Record.model_validate(record) for record in found]

    def checkpoint(self) -> Checkpoint:
        """The newest checkpoint, with a verified signature."""
        return self.key.open(self._http.reply("GET", "/api/audit/checkpoint").text)

    def prove(self, seq: int, leaf: bytes | None = None) -> Checkpoint:
        """A checkpoint that contains record `seq`, with `leaf` as its bytes if given; `InvalidLog` otherwise."""
        found = self._http.call("GET", f"/api/audit/records/{seq}/proof")
        signed, own = self.key.open(found["checkpoint"]), base64.b64decode(found["leaf_hash"])
        proof = [base64.b64decode(each) for each in found["proof"]]
        same = leaf is None or leaf_hash(leaf) == own
        if not same or not proves_inclusion(own, seq - 1, signed.size, proof, signed.root):
            raise InvalidLog(f"record {seq} is not in the log that was signed", seq)
        return signed

    def extends(self, earlier: Checkpoint) -> Checkpoint:
        """The newest checkpoint, proved to extend `earlier`; `InvalidLog` otherwise."""
        found = self._http.call("GET", "/api/audit/consistency", params={"first": earlier.size})
        signed, proof = self.key.open(found["checkpoint"]), [base64.b64decode(each) for each in found["proof"]]
        if not proves_consistency(earlier.size, signed.size, proof, earlier.root, signed.root):
            raise InvalidLog(f"the log does not go on from what it was at {earlier.size} records", 1, earlier.size)
        return signed

    def bundles(self, after: int = 0) -> Iterator[Bundle]:
        """All bundles from that of record `after + 1` on."""
        while True:
            try:
                reply = self._http.reply("GET", "/api/audit/bundles", params={"after": after})
            except Refused as refused:
                if refused.reason != "log_damaged":
                    raise
                raise InvalidLog(refused.error.rstrip("."), after + 1) from refused
            if not reply.content:
                return
            yield from from_lines(reply.content.splitlines(keepends=True), "the server's reply")
            after = int(reply.headers["cloister-last"])

    def horizon(self) -> int:
        """The number of the last record that was moved to an archive."""
        return int(self._http.reply("GET", "/api/audit/bundles").headers["cloister-horizon"])

    def verify(self, verifier: Verifier | None = None) -> VerificationReport:
        """Verify the whole log; `InvalidLog` names the first wrong record."""
        verifier = verifier or Verifier(self.key, first=1)
        if verifier.first is not None:
            # Archived records may be deleted on the server; the report says with which record it begins.
            verifier.first = self.horizon() + 1
        report = verifier.all(self.bundles())
        if self.checkpoint().size < report.size:
            raise InvalidLog("the newest checkpoint holds fewer records than were read before", report.size)
        return report
