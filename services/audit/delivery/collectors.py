"""Collectors over HTTPS: Splunk's HEC, Elastic's bulk dialect, and OpenTelemetry logs (OTLP, JSON)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import httpx
import orjson

from services.audit.delivery.destination import Forward
from services.audit.export.ecs import ecs
from services.audit.export.formats import rendered

SECONDS = 15


class Collector:
    """Delivered means that the receiver says so for each record."""

    def __init__(self, forward: Forward, transport: httpx.AsyncBaseTransport | None = None) -> None:
        verify: Any = str(forward.ca_file) if forward.ca_file else True
        self._forward = forward
        self._client = httpx.AsyncClient(timeout=SECONDS, verify=verify, transport=transport, trust_env=False)

    async def send(self, leaves: Sequence[bytes]) -> None:
        """All of them; `Refused` by the receiver is an error, and they are sent again."""
        body, kind = getattr(self, f"_{self._forward.kind}")(leaves)
        reply = await self._client.post(self._forward.url, content=body, headers=self._headers(kind))
        if not reply.is_success:
            raise ConnectionError(f"{self._forward.url} replied {reply.status_code}: {reply.text[:200]}")
        if self._forward.kind == "elastic":
            _stored(reply.json())

    def _headers(self, kind: str) -> dict[str, str]:
        secret = self._forward.secret()
        scheme = {"hec": "Splunk", "elastic": "ApiKey", "otlp": "Bearer"}[self._forward.kind]
        return {"Content-Type": kind} | ({"Authorization": f"{scheme} {secret}"} if secret else {})

    def _hec(self, leaves: Sequence[bytes]) -> tuple[bytes, str]:
        events = []
        for leaf in leaves:
            record, text = orjson.loads(leaf), rendered(leaf, self._forward.format)
            event = text if self._forward.format in ("cef", "csv") else orjson.loads(text)
            about = {"time": _seconds(record), "source": "cloister", "sourcetype": f"cloister:{self._forward.format}"}
            events.append(orjson.dumps(about | {"event": event, "fields": {"seq": str(record["seq"])}}))
        return b"\n".join(events), "application/json"

    def _elastic(self, leaves: Sequence[bytes]) -> tuple[bytes, str]:
        lines = []
        for leaf in leaves:
            record = orjson.loads(leaf)
            # The record's number makes a repetition the same document: it is refused, and nothing is there twice.
            create = {"create": {"_index": self._forward.index, "_id": f"{record['seq']}-{record['digest'][:16]}"}}
            lines += [orjson.dumps(create), orjson.dumps(ecs(record))]
        return b"\n".join(lines) + b"\n", "application/x-ndjson"

    def _otlp(self, leaves: Sequence[bytes]) -> tuple[bytes, str]:
        logs = [_log_record(orjson.loads(leaf), rendered(leaf, self._forward.format)) for leaf in leaves]
        scope = {"scope": {"name": "cloister.audit"}, "logRecords": logs}
        resource = {"attributes": [_attribute("service.name", "cloister-audit")]}
        return orjson.dumps({"resourceLogs": [{"resource": resource, "scopeLogs": [scope]}]}), "application/json"


def _log_record(record: dict[str, Any], text: str) -> dict[str, Any]:
    names = ("seq", "subject", "principal", "about", "digest")
    alerted = record["subject"].startswith("audit.alerted.")
    return {
        "timeUnixNano": str(round(_seconds(record) * 1e6) * 1000),
        "severityNumber": 17 if alerted else 9,
        "severityText": "ERROR" if alerted else "INFO",
        "body": {"stringValue": text},
        "attributes": [_attribute(f"cloister.{name}", str(record[name])) for name in names if record[name]],
    }


def _attribute(name: str, value: str) -> dict[str, Any]:
    return {"key": name, "value": {"stringValue": value}}


def _seconds(record: dict[str, Any]) -> float:
    return datetime.fromisoformat(record["at"].replace("Z", "+00:00")).timestamp()


def _stored(reply: dict[str, Any]) -> None:
    """Each item must be created (201) or there already (409)."""
    failed = [item["create"] for item in reply.get("items", ()) if item["create"]["status"] not in (200, 201, 409)]
    if failed:
        raise ConnectionError(f"{len(failed)} records were not stored: {failed[0].get('error')}")
