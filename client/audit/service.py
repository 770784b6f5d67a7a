"""The audit log of a running Cloister: records, proofs that are checked here, and everything for a verifier."""

import base64
from collections.abc import Iterator
from typing import Any

from client.audit.bundle import Bundle, from_lines
from client.audit.merkle import leaf_hash, proves_consistency, proves_inclusion
from client.audit.note import Broken, Checkpoint, LogKey
from client.audit.verifier import Report, Verifier
from client.sdk.transport import Calls, given
from shared.events import Record


class Audit:
    """`key` is the log's verifier key, which should come from elsewhere than from the server that is checked.

    `with Http(url, token) as cloister: Audit(cloister, key).prove(17)`
    """

    def __init__(self, http: Calls, key: LogKey | None = None) -> None:
        self._http = http
        self.key = key or LogKey(http.call("GET", "/api/audit/key")["vkey"])

    def records(self, after: int = 0, **which: Any) -> list[Record]:
        """A page; `which`: about, principal, since, until, kind, limit."""
        found = self._http.call("GET", "/api/audit", params=given(after=after, **which))["records"]
        return [Record.model_validate(record) for record in found]

    def checkpoint(self) -> Checkpoint:
        """The newest one, its signature checked."""
        return self.key.open(self._http.reply("GET", "/api/audit/checkpoint").text)

    def prove(self, seq: int, leaf: bytes | None = None) -> Checkpoint:
        """The checkpoint that holds record `seq`, and `leaf` as its bytes when given; `Broken` when it does not."""
        found = self._http.call("GET", f"/api/audit/records/{seq}/proof")
        signed, own = self.key.open(found["checkpoint"]), base64.b64decode(found["leaf_hash"])
        proof = [base64.b64decode(each) for each in found["proof"]]
        same = leaf is None or leaf_hash(leaf) == own
        if not same or not proves_inclusion(own, seq - 1, signed.size, proof, signed.root):
            raise Broken(f"record {seq} is not in the log that was signed", seq)
        return signed

    def extends(self, earlier: Checkpoint) -> Checkpoint:
        """The newest checkpoint, proved to begin with all that `earlier` held; `Broken` when it does not."""
        found = self._http.call("GET", "/api/audit/consistency", params={"first": earlier.size})
        signed, proof = self.key.open(found["checkpoint"]), [base64.b64decode(each) for each in found["proof"]]
        if not proves_consistency(earlier.size, signed.size, proof, earlier.root, signed.root):
            raise Broken(f"the log does not go on from what it was at {earlier.size} records", 1, earlier.size)
        return signed

    def bundles(self, after: int = 0) -> Iterator[Bundle]:
        """Every batch from that of record `after + 1` on, as far as there are."""
        while True:
            reply = self._http.reply("GET", "/api/audit/bundles", params={"after": after})
            if not reply.content:
                return
            yield from from_lines(reply.content.splitlines(keepends=True), "the server's reply")
            after = int(reply.headers["cloister-last"])

    def horizon(self) -> int:
        """The last record that has left the server for an archive."""
        return int(self._http.reply("GET", "/api/audit/bundles").headers["cloister-horizon"])

    def verify(self, verifier: Verifier | None = None) -> Report:
        """All of it; `Broken` names the first record that is wrong."""
        verifier = verifier or Verifier(self.key, first=1)
        if verifier.first is not None:
            # What is archived may have left the server: then the report says with which record it begins.
            verifier.first = self.horizon() + 1
        report = verifier.all(self.bundles())
        if self.checkpoint().size < report.size:
            raise Broken("the newest checkpoint holds fewer records than were read before", report.size)
        return report
