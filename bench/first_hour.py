"""How soon a long PDF is found by its words and by its meaning, and a note that comes behind a long table."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from bench.corpora import DATA
from bench.system import system
from bench.tables import table

REPORT = DATA / "annual" / "ACTIVISIONBLIZZARD_2019_10K.pdf"  # 198 pages
ROWS, NOTE = 300, b"The gate to the yard is locked on Friday evenings."
ROW = "| Valve {} | {} bar | {} pieces | " + "Opens against the spring and closes by itself. " * 8 + "|"


def upload(http: httpx.Client, name: str, data: bytes) -> str:
    sent = http.post("/api/documents", data={"workspace": "bench"}, files={"file": (name, data)})
    return str(sent.raise_for_status().json()["document_id"])


def seconds(http: httpx.Client, began: float, document: str, true: Callable[[dict[str, Any]], bool]) -> float:
    """Until the document is as wanted."""
    while not true(state := http.get(f"/api/documents/{document}").raise_for_status().json()):
        assert state["status"] != "rejected", state
        time.sleep(0.1)
    return time.perf_counter() - began


def words(state: dict[str, Any]) -> bool:
    return bool(state["status"] == "indexed")


def meaning(state: dict[str, Any]) -> bool:
    return bool(state["vectors"] == 1)


def measured(http: httpx.Client, report: Path) -> list[list[str]]:
    """Rows of what, seconds, goal."""
    grant = {"workspace": "bench", "to": "person:admin", "actions": ["ask", "read", "write"]}
    http.post("/api/workspaces", json={"name": "bench"}).raise_for_status()
    http.post("/api/grants", json=grant).raise_for_status()
    began = time.perf_counter()
    long = upload(http, report.name, report.read_bytes())
    rows = [["198 pages by words", f"{seconds(http, began, long, words):.1f}", "≤ 15"]]
    lines = "\n".join(ROW.format(n, n, n) for n in range(ROWS))
    upload(http, "valves.md", f"| valve | opens at | stock | note |\n|---|---|---|---|\n{lines}\n".encode())
    behind = time.perf_counter()
    note = upload(http, "note.txt", NOTE)
    rows += [["a note behind both, by words", f"{seconds(http, behind, note, words):.1f}", "≤ 10"]]
    rows += [["the note by meaning", f"{seconds(http, behind, note, meaning):.1f}", "≤ 10"]]
    rows += [["198 pages by meaning", f"{seconds(http, began, long, meaning):.1f}", "≤ 120"]]
    return rows


def main() -> None:
    with system() as running, running.http() as http:
        before = running.cpu_seconds()
        rows = measured(http, REPORT)
        used = sum(running.cpu_seconds().values()) - sum(before.values())
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    table(f"One process, the bundled model; {used:.0f} CPU s in all; load {load}", ["", "seconds", "quiet goal"], rows)


if __name__ == "__main__":
    main()
