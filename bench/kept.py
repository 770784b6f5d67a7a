"""Vectors that are kept between runs."""

import hashlib
import sqlite3
from array import array
from collections.abc import Sequence
from pathlib import Path

from services.retrieval.embedding.factory import Embedder, Vectors

TOGETHER = 64  # texts that are embedded and kept at a time
KEPT = Path.home() / ".cache" / "cloister-bench" / "vectors.db"


class Kept:
    """An embedder that remembers its vectors between runs."""

    def __init__(self, embedder: Embedder) -> None:
        KEPT.parent.mkdir(parents=True, exist_ok=True)
        self.name, self._embedder, self._file = embedder.name, embedder, sqlite3.connect(KEPT, timeout=60)
        self._file.execute("CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, row BLOB)")

    async def passages(self, texts: Sequence[str]) -> Vectors:
        for at in range(0, len(texts), TOGETHER):
            part = [text for text in texts[at : at + TOGETHER] if self._row("passage", text) is None]
            self._keep("passage", part, await self._embedder.passages(part) if part else [])
        return [self._row("passage", text) or [] for text in texts]

    async def questions(self, texts: Sequence[str]) -> Vectors:
        for text in texts:
            if self._row("question", text) is None:
                self._keep("question", [text], await self._embedder.questions([text]))
        return [self._row("question", text) or [] for text in texts]

    def _row(self, kind: str, text: str) -> list[float] | None:
        found = self._file.execute("SELECT row FROM vectors WHERE key = ?", (self._key(kind, text),)).fetchone()
        return array("f", found[0]).tolist() if found else None

    def _keep(self, kind: str, texts: Sequence[str], rows: Vectors) -> None:
        kept = [(self._key(kind, text), array("f", row).tobytes()) for text, row in zip(texts, rows, strict=True)]
        with self._file:
            self._file.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", kept)

    def _key(self, kind: str, text: str) -> str:
        return hashlib.sha256(f"{self.name}\0{kind}\0{text}".encode()).hexdigest()
