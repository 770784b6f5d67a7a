"""Alerts for people: webhook formats of chat systems, and SMTP."""

import asyncio
import smtplib
from collections.abc import Sequence
from email.message import EmailMessage
from typing import Any

import httpx
import orjson

from services.audit.delivery.destination import Channel

SECONDS = 15


class ChannelSender:
    """One message for each alert; what a chat refuses in its body is an error, too."""

    def __init__(self, channel: Channel, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._channel = channel
        self._client = httpx.AsyncClient(timeout=SECONDS, transport=transport, trust_env=False)

    async def send(self, leaves: Sequence[bytes]) -> None:
        for leaf in leaves:
            record = orjson.loads(leaf)
            if self._channel.kind == "smtp":
                await asyncio.to_thread(self._mail, record)
            else:
                await self._post(record)

    async def _post(self, record: dict[str, Any]) -> None:
        reply = await self._client.post(self._channel.url, json=message(self._channel.kind, record))
        if not reply.is_success:
            raise ConnectionError(f"{self._channel.kind} replied {reply.status_code}: {reply.text[:200]}")
        # Feishu, DingTalk and WeCom refuse with status 200 and a code.
        told = reply.json() if "json" in reply.headers.get("content-type", "") else {}
        code = told.get("code", told.get("errcode", 0)) if isinstance(told, dict) else 0
        if code:
            raise ConnectionError(f"{self._channel.kind} refuses: {str(told)[:200]}")

    def _mail(self, record: dict[str, Any]) -> None:
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = title(record), self._channel.sender, ", ".join(self._channel.to)
        mail["Message-ID"] = f"<alert-{record['seq']}@cloister>"
        mail.set_content(words(record))
        with smtplib.SMTP(self._channel.host, self._channel.port, timeout=SECONDS) as server:
            if self._channel.starttls:
                server.starttls()
            if self._channel.user:
                server.login(self._channel.user, self._channel.secret())
            server.send_message(mail)


def title(record: dict[str, Any]) -> str:
    """One line, without anything that a mail's head could take for another."""
    facts = record.get("facts") or {}
    return f"Cloister: {facts.get('rule', 'alert')}: {record['principal']}".replace("\n", " ").replace("\r", " ")


def words(record: dict[str, Any]) -> str:
    """What happened, and how to look at it."""
    facts = record.get("facts") or {}
    lines = [
        f"Rule: {facts.get('rule')} ({facts.get('why', '')})",
        f"Who: {record['principal']}",
        f"Counted: {facts.get('value')}, act: {facts.get('act')}"
        + (f", until {facts['until']}" if facts.get("until") else ""),
        f"When: {record['at']}",
        f"Look: cloister audit search --who {record['principal']}",
    ]
    return "\n".join(lines)


def message(kind: str, record: dict[str, Any]) -> dict[str, Any]:
    """The body that a chat's webhook takes."""
    text = f"{title(record)}\n{words(record)}"
    if kind == "feishu":
        return {"msg_type": "text", "content": {"text": text}}
    if kind in ("dingtalk", "wecom"):
        return {"msgtype": "text", "text": {"content": text}}
    if kind == "slack":
        return {"text": text}
    return {"title": title(record), "text": words(record), "record": record}
