"""Shows kept texts to an auditor who says why. That they read is recorded before they see anything."""

import hmac

import orjson

from services.audit.content.agreement import Agreements
from services.audit.content.vault import Text, Vault
from services.audit.event_facts import commitment
from services.audit.log.reader import LogReader, RecordFilter
from services.audit.readers import instant
from shared.bus import Bus
from shared.errors import Refused
from shared.events import AuditRead, Content, ContentText, Principal, ReadingRequested

NOTHING = (
    "No text is kept of query {}: keeping is off (CLOISTER_AUDIT_CONTENT), it was asked before keeping began, its time "
    "is over, or its asker was erased. The record itself is in GET /api/audit?about={}."
)
PAGE = 200  # records of one query


class ContentReading:
    """With `two_people`, a second auditor must agree first."""

    def __init__(self, vault: Vault, agreements: Agreements, reader: LogReader, salt: bytes, two_people: bool) -> None:
        self._vault, self._agreements, self._reader = vault, agreements, reader
        self._salt, self._two_people = salt, two_people

    async def read(self, query: str, reason: str, who: Principal, bus: Bus) -> Content:
        """The texts, or the request that waits for somebody else's agreement."""
        texts = await self._vault.read(query)
        if not texts:
            raise Refused("content_not_found", NOTHING.format(query, query), 404)
        request = ""
        if self._two_people:
            asked = await self._agreements.find(query, who.id)
            if asked is None:
                asked = await self._agreements.make(query, who.id, reason)
                told = ReadingRequested(principal=who, about=query, request=asked.request, reason=reason)
                await bus.publish(told)
            if not asked.agreed_by:
                return Content(state="waiting", query=query, request=asked.request)
            request = asked.request
        await bus.publish(AuditRead(principal=who, about=query, filter={"query": query}, form="content", reason=reason))
        shown = await self._shown(query, texts)
        return Content(state="shown", query=query, request=request, person=texts[0].person, texts=shown)

    async def _shown(self, query: str, texts: list[Text]) -> tuple[ContentText, ...]:
        """Each with the record that commits to it; `seq` is 0 when none does."""
        leaves, _ = await self._reader.records(RecordFilter(about=query), PAGE)
        records = [orjson.loads(leaf) for leaf in leaves]
        shown = []
        for text in texts:
            digest = commitment(text.text, self._salt)
            proving = (record["seq"] for record in records if _commits(record, text.field, digest))
            shown.append(ContentText(field=text.field, text=text.text, at=instant(text.at), seq=next(proving, 0)))
        return tuple(shown)


def _commits(record: dict[str, object], field: str, digest: str) -> bool:
    facts = record.get("facts")
    kept = facts.get("kept") if isinstance(facts, dict) else None
    return isinstance(kept, dict) and hmac.compare_digest(str(kept.get(field, "")), digest)
