"""Documents a second through the whole durable pipeline, beside llama-index-core in memory on the same chunks."""

import random
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from bench.stubs import HashEmbedder
from bench.system import System, system
from bench.tables import table
from services.ingestion.sandbox.parse_worker import outcome

DOCUMENTS, WORDS, IN_FLIGHT = 60, 24_000, 8
STUBS = {"engine": "bench.stubs:open_engine", "embedder": "bench.stubs:open_embedder"}
ROOT = Path(__file__).parent.parent
PEER = "llama-index-core is not installed (pip install llama-index-core)"


def files() -> list[tuple[str, bytes]]:
    """Long reports of the words of our own documentation, with headings."""
    dice = random.Random(7)
    told = "\n".join(path.read_text() for path in sorted((ROOT / "docs").rglob("*.md")))
    words = re.findall(r"[A-Za-z]{2,}[,.]?", told)
    return [(f"report-{n}.md", _report(dice, words).encode()) for n in range(DOCUMENTS)]


def _report(dice: random.Random, words: list[str]) -> str:
    parts = []
    for section in range(WORDS // 400):
        body = " ".join(dice.choices(words, k=400))
        parts.append(f"## {section} {dice.choice(words)}\n\n{body}\n")
    return "\n".join(parts)


def ours(running: System, texts: list[tuple[str, bytes]]) -> float:
    """Seconds until the last of them can be found."""
    with running.http() as http:
        http.post("/api/workspaces", json={"name": "bench"}).raise_for_status()
        grant = {"workspace": "bench", "to": "person:admin", "actions": ["ask", "read", "write"]}
        http.post("/api/grants", json=grant).raise_for_status()
        began = time.perf_counter()
        with ThreadPoolExecutor(IN_FLIGHT) as pool:
            list(pool.map(lambda one: _upload(http, *one), texts))
        while _indexed(http) < len(texts):
            time.sleep(0.2)
        return time.perf_counter() - began


def _upload(http: httpx.Client, name: str, data: bytes) -> None:
    while True:
        sent = http.post("/api/documents", data={"workspace": "bench"}, files={"file": (name, data)})
        if sent.status_code != 503:
            sent.raise_for_status()
            return
        time.sleep(0.2)


def _indexed(http: httpx.Client) -> int:
    """How many are found by words and meaning."""
    found = http.get("/api/documents", params={"workspace": "bench", "limit": 500}).raise_for_status().json()
    assert not [one for one in found["documents"] if one["status"] == "rejected"]
    return sum(one["vectors"] == 1 for one in found["documents"])


def theirs(chunks: list[tuple[str, str]]) -> float:
    """Seconds that an index in memory takes for the same chunks with the same vectors."""
    from llama_index.core import VectorStoreIndex
    from llama_index.core.embeddings import BaseEmbedding
    from llama_index.core.schema import TextNode

    stub = HashEmbedder()

    class Stub(BaseEmbedding):  # type: ignore[misc]
        def _get_text_embedding(self, text: str) -> list[float]:
            return stub.passages([text])[0]

        def _get_query_embedding(self, query: str) -> list[float]:
            return stub.questions([query])[0]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return stub.questions([query])[0]

    began = time.perf_counter()
    nodes = [TextNode(text=text, metadata={"title": title}) for title, text in chunks]
    VectorStoreIndex(nodes, embed_model=Stub())
    return time.perf_counter() - began


def main() -> None:
    texts = files()
    chunks = [(name, str(row[1])) for name, data in texts for row in outcome(data, name)["chunks"]]
    with system(each=True, **STUBS) as running:
        mine = ours(running, texts)
        cpu = running.cpu_seconds()
    try:
        other = theirs(chunks)
    except ImportError:
        other = 0.0
        print(PEER, file=sys.stderr)
    rate = DOCUMENTS / other if other else 0
    row = [f"{DOCUMENTS} of {len(chunks) // DOCUMENTS} chunks", f"{DOCUMENTS / mine:.2f}", f"{rate:.2f}",
           f"{other / mine:.2f}", "≥ 1.5", ", ".join(f"{name} {used:.0f}" for name, used in cpu.items())]  # fmt: skip
    head = ["documents", "a second", "llama-index-core in memory", "times", "goal", "CPU seconds"]
    table("Ingest with a stub embedder: HTTP, parser in its cage, bus, SQL, index, record", head, [row])


if __name__ == "__main__":
    main()
