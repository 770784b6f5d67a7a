"""Applies a changed owner, `allow` or `deny` list of a source to the documents uploaded earlier."""

import json

from client.sdk.errors import Refused
from client.sync.retrying_client import RetryingClient
from client.sync.source import Source
from client.sync.state import SyncState
from client.sync.sync_run import Notify

FACT = "lists"
LISTS = ("allow", "deny")


class AclSync:
    """The access lists of one source. A change is applied once, so that later edits of single documents stay."""

    def __init__(self, source: Source, state: SyncState, client: RetryingClient, notify: Notify) -> None:
        self._source, self._state, self._client, self._notify = source, state, client, notify

    def apply(self) -> None:
        """Amend each of the source's own documents if the lists changed. Repeated after a crash."""
        now, known = dict(self._source.more), self._state.fact(FACT)
        before = json.loads(known) if known else {}
        if known and before == now:
            return
        changed = {name: now.get(name, "") for name in sorted({*before, *now}) if before.get(name) != now.get(name)}
        own = [document for document in list(self._state.documents) if self._state.titling_file(document).own]
        if changed and own:
            for document in own:
                self._amend(document, changed)
            self._notify("relisted", documents=len(own), fields=", ".join(changed))
        self._state.fact(FACT, json.dumps(now))

    def _amend(self, document: str, changed: dict[str, str]) -> None:
        lists = {name: [one for one in value.split(",") if one] for name, value in changed.items() if name in LISTS}
        owner = {name: value or None for name, value in changed.items() if name not in LISTS}
        try:
            self._client.call(lambda http: http.amend(document, **lists, **owner))
        except Refused as refused:
            if refused.reason != "document_not_found":
                raise
            self._state.forget([document])
