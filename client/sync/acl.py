"""Who may read a source's documents, and who owns them: when that changes, it reaches those that are there already."""

import json

from client.sdk.errors import Refused
from client.sync.retrying_client import Line
from client.sync.source import Source
from client.sync.state import Ledger
from client.sync.sync_run import Tell

FACT = "lists"
LISTS = ("allow", "deny")


class Lists:
    """Of one source. A change is carried over once: what somebody sets on one document later stays."""

    def __init__(self, source: Source, ledger: Ledger, line: Line, tell: Tell) -> None:
        self._source, self._ledger, self._line, self._tell = source, ledger, line, tell

    def carry(self) -> None:
        """What the source says now, on each document that came from it. Killed anywhere, the next look begins again."""
        now, known = dict(self._source.more), self._ledger.fact(FACT)
        before = json.loads(known) if known else {}
        if known and before == now:
            return
        changed = {name: now.get(name, "") for name in sorted({*before, *now}) if before.get(name) != now.get(name)}
        own = [document for document in list(self._ledger.documents) if self._ledger.holder(document).own]
        if changed and own:
            for document in own:
                self._relist(document, changed)
            self._tell("relisted", documents=len(own), fields=", ".join(changed))
        self._ledger.fact(FACT, json.dumps(now))

    def _relist(self, document: str, changed: dict[str, str]) -> None:
        lists = {name: [one for one in value.split(",") if one] for name, value in changed.items() if name in LISTS}
        owner = {name: value or None for name, value in changed.items() if name not in LISTS}
        try:
            self._line.call(lambda http: http.amend(document, **lists, **owner))
        except Refused as refused:
            if refused.reason != "document_not_found":
                raise
            self._ledger.forget([document])
