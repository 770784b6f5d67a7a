"""Files to ingest, and the tables and keys to do it with."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
from joserfc.jwk import OKPKey
from reportlab.pdfgen.canvas import Canvas

from services.ingestion.documents.lifecycle import DocumentLifecycle
from services.ingestion.documents.revisions import RevisionHistory
from services.ingestion.documents.service import Documents
from services.ingestion.tables import outgoing
from shared.events import Describe, DocumentUploaded, Event, Principal, Receive
from shared.security.capability import Right, sign
from shared.settings import Settings
from shared.sql.database import Database
from shared.sql.outbox import Outbox

ALICE = Principal(id="person:alice", name="alice")
KEY = OKPKey.generate_key("Ed25519")


def pdf(*pages: str) -> bytes:
    """One page for each text, one line for each of its lines."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for page in pages:
        for n, line in enumerate(page.splitlines()):
            canvas.drawString(72, 780 - 14 * n, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def word() -> bytes:
    document = docx.Document()
    document.add_heading("采购制度", 1)
    document.add_paragraph("采购金额超过五万元须经财务总监审批。")
    table = document.add_table(2, 2)
    for cell, text in zip((c for row in table.rows for c in row.cells), ("品名", "价格", "螺丝", "12.5"), strict=True):
        cell.text = text
    document.add_page_break()
    document.add_heading("Travel", 1)
    document.add_paragraph("Trains before planes.")
    return _saved(document)


def sheets(rows: int = 3) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "一季度"
    book.active.append(["产品", "金额"])
    for n in range(rows):
        book.active.append([f"P{n}", n * 1.5])
    book.create_sheet("Q2").append(["only", "header"])
    return _saved(book)


def slides(spoken: tuple[int, ...] = (1, 2, 3), first: int = 1) -> bytes:
    """Three slides, notes on those that are `spoken`; the slide `first` is shown first, whatever its file's number."""
    deck = pptx.Presentation()
    for n in (1, 2, 3):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = f"Plan {n}", f"Point of slide {n}"
        if n in spoken:
            slide.notes_slide.notes_text_frame.text = f"Spoken on slide {n}\nand no more"
    order = deck.slides._sldIdLst
    order.insert(0, order[first - 1])
    return _saved(deck)


def right(*workspaces: str, actions: tuple[Any, ...] = ("read", "write")) -> Right:
    until = datetime.now(UTC) + timedelta(minutes=1)
    return Right(principal=ALICE, workspaces=workspaces, actions=actions, query="q", expires_at=until)


def received(data: bytes, title: str, workspace: str = "finance", **changes: Any) -> Receive:
    digest = sha256(data).hexdigest()
    fields = {"query": "q", "object": f"o-{title}-{digest[:6]}", "sha256": digest, "size": len(data)} | changes
    capability = sign(right("finance"), KEY)
    return Receive(capability=capability, workspace=workspace, title=title, **fields)


def uploaded(**about: Any) -> DocumentUploaded:
    return DocumentUploaded(**({"object": "o", "sha256": "0", "size": 1, "uploaded_by": ALICE.id} | about))


def describe(**which: object) -> Describe:
    return Describe.model_validate({"capability": "", "query": "q"} | which)


def of(state: object, **more: object) -> dict[str, object]:
    about = {name: getattr(state, name) for name in ("document_id", "revision", "workspace", "title")}
    return about | more


class Kept:
    """A bus that keeps what is published and what is deleted."""

    def __init__(self) -> None:
        self.published: list[Event] = []
        self.deleted: list[str] = []

    async def publish(self, event: Event, *, headers: dict[str, str] | None = None) -> None:
        self.published.append(event)

    async def delete_object(self, name: str) -> None:
        self.deleted.append(name)


class Office:
    """Ingestion's tables in a folder of their own."""

    def __init__(self, home: Path, keep: int = 20) -> None:
        self.database, self.bus = Database("ingestion", Settings(home=home)), Kept()
        self.outbox = Outbox(self.database, outgoing, self.bus)
        self.documents, self.history = Documents(self.database, self.outbox), RevisionHistory(self.database)
        self.lifecycle = DocumentLifecycle(self.database, self.outbox, keep)

    async def events(self) -> list[Event]:
        """What left since the last call."""
        await self.outbox._publish_some()
        published, self.bus.published = self.bus.published, []
        return published


@asynccontextmanager
async def office(home: Path, keep: int = 20) -> AsyncIterator[Office]:
    opened = Office(home, keep)
    await opened.database.migrate()
    yield opened
    await opened.database.close()


def _saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
