"""An answer to where it was wanted: a file, a webhook or a mail. Hosts that are not listed are never spoken to."""

import asyncio
import base64
import csv
import hashlib
import hmac
import io
import json
import re
import smtplib
import time
from collections.abc import Iterable
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from services.connectors.settings import ConnectorSettings
from shared.errors import Refused, Unavailable
from shared.events import QueryAnswered, RowSet

SECONDS = 15.0
MAIL = re.compile(r"[^@\s,;<>\"]{1,64}@([A-Za-z0-9.-]{1,250})")


class Deliverer:
    """`connectors_hosts` lists the hosts of webhooks and the domains of mail; files go below `reports`."""

    def __init__(self, own: ConnectorSettings, home: Path) -> None:
        self._own, self._reports = own, own.connectors_reports or home / "reports"

    def check(self, delivery: dict[str, Any], owner: str) -> None:
        """`Refused` (422) says why nothing can be delivered there."""
        kind, to = delivery.get("kind"), str(delivery.get("to") or "")
        match kind:
            case "event" if owner.startswith("app:"):
                return
            case _ if owner.startswith("app:"):
                raise _wrong("a business system gets its answer as an event on the bus; leave it out")
            case "webhook":
                self._host(urlsplit(to).hostname or "")
            case "email":
                if not (found := MAIL.fullmatch(to)):
                    raise _wrong(f"{to[:60]!r} is no address")
                self._host(found[1])
                if not self._own.connectors_smtp:
                    raise _wrong("mail is not set up (CLOISTER_CONNECTORS_SMTP)")
            case "file":
                if not re.fullmatch(r"[\w][\w .-]{0,80}\.(md|csv|json)", to):
                    raise _wrong(f"{to[:60]!r} is no name like weekly.md, .csv or .json")
            case _:
                raise _wrong(f"there is no kind {str(kind)[:40]!r}; use email, webhook or file")

    def _host(self, host: str) -> None:
        if host.lower() not in self._own.connectors_hosts:
            raise _wrong(f"the host {host[:60]!r} is not listed in CLOISTER_CONNECTORS_HOSTS")

    async def deliver(self, delivery: dict[str, Any], title: str, answer: QueryAnswered) -> None:
        """`Unavailable` when it should be tried again. A repeat carries the same id, and replaces the same file."""
        match delivery["kind"]:
            case "file":
                await asyncio.to_thread(self._file, delivery["to"], title, answer)
            case "webhook":
                await self._post(delivery["to"], title, answer)
            case "email":
                await asyncio.to_thread(self._mail, delivery["to"], title, answer)

    async def forget(self, queries: Iterable[str]) -> int:
        """How many files of answers to these queries went."""
        found = [path for query in queries for path in self._reports.glob(f"*-{query[:8]}-*")]
        for path in found:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        return len(found)

    def _file(self, name: str, title: str, answer: QueryAnswered) -> None:
        self._reports.mkdir(parents=True, exist_ok=True)
        path = self._reports / f"{answer.answered_at:%Y-%m-%d-%H%M}-{answer.query[:8]}-{name}"
        fresh = path.with_name(f".{path.name}")
        fresh.write_bytes(written(path.suffix, title, answer))
        fresh.replace(path)

    async def _post(self, url: str, title: str, answer: QueryAnswered) -> None:
        body, stamp = _body(title, answer), str(int(time.time()))
        secret = self._own.connectors_webhook_secret.get_secret_value().encode()
        signed = hmac.digest(secret, f"{answer.query}.{stamp}.".encode() + body, hashlib.sha256)
        headers = {
            "content-type": "application/json",
            "webhook-id": answer.query,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
        }
        try:
            async with httpx.AsyncClient(timeout=SECONDS, trust_env=False) as http:
                reply = await http.post(url, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise Unavailable(f"The webhook {urlsplit(url).hostname} cannot be reached.") from error
        if reply.status_code >= 500 or reply.status_code == 429:
            raise Unavailable(f"The webhook {urlsplit(url).hostname} answered {reply.status_code}.")
        if reply.status_code >= 300:
            raise Refused("delivery_failed", f"The webhook answered {reply.status_code}. Correct its address.", 502)

    def _mail(self, to: str, title: str, answer: QueryAnswered) -> None:
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = " ".join(title.split()), self._own.connectors_mail_from, to
        mail["Message-ID"] = f"<{answer.query}@cloister>"
        mail.set_content(answer.answer or answer.error or "")
        for rows in _rows(answer):
            name, charset = f"{rows.query}.csv", {"charset": "utf-8"}
            mail.add_attachment(_csv(rows), maintype="text", subtype="csv", filename=name, params=charset)
        place = urlsplit(self._own.connectors_smtp)
        try:
            with smtplib.SMTP(place.hostname or "127.0.0.1", place.port or 25, timeout=SECONDS) as server:
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            raise Refused("delivery_failed", f"The mail server refused {to[:60]}.", 502) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(f"The mail server cannot be reached ({error}).") from error


def written(suffix: str, title: str, answer: QueryAnswered) -> bytes:
    """As Markdown, as CSV of the first rows (with a mark for spreadsheets that it is UTF-8), or as JSON."""
    if suffix == ".csv" and (rows := _rows(answer)):
        return _csv(rows[0])
    if suffix == ".json":
        return _body(title, answer)
    return f"# {title}\n\n{answer.answer or answer.error}\n".encode()


def _body(title: str, answer: QueryAnswered) -> bytes:
    rows = [one.model_dump(mode="json", exclude={"rights", "answer", "statement"}) for one in _rows(answer)]
    found = {"title": title, "query_id": answer.query, "answer": answer.answer, "error": answer.error, "rows": rows}
    return json.dumps(found, ensure_ascii=False).encode()


def _rows(answer: QueryAnswered) -> list[RowSet]:
    return [citation.data for citation in answer.citations if citation.data]


def _csv(rows: RowSet) -> bytes:
    """A cell that a spreadsheet would take for a formula gets an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.title for column in rows.columns])
    writer.writerows([[_safe(cell) for cell in row] for row in rows.rows])
    return text.getvalue().encode("utf-8-sig")


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" else cell


def _wrong(why: str) -> Refused:
    return Refused("invalid", f"The field 'delivery' cannot be used: {why}.", 422)
