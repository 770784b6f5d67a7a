"""Latency, throughput and CPU of a question's whole journey, with an engine and an embedder that cost nothing."""

import asyncio
import json
import statistics
import subprocess
import sys
import time

import httpx

from bench.system import System, system
from bench.tables import table

STUBS = {
    "engine": "bench.stubs:open_engine", "embedder": "bench.stubs:open_embedder", "inference_slots": "32",
    "planner": "off",
}  # fmt: skip
SEQUENTIAL, PARALLEL, IN_FLIGHT = 200, 1500, 32
GOALS = {"one process": 12.0, "eight processes": 20.0}
TEXT = (
    "Travel costs are paid back within 14 days. The daily allowance in Beijing is 420 yuan. 北京的差旅补贴是每天420元。"
)


def prepare(running: System) -> None:
    """A workspace the administrator may ask, with one document."""
    with running.http() as http:
        http.post("/api/workspaces", json={"name": "bench"}).raise_for_status()
        grant = {"workspace": "bench", "to": "person:admin", "actions": ["ask", "read", "write"]}
        http.post("/api/grants", json=grant).raise_for_status()
        sent = http.post("/api/documents", data={"workspace": "bench"}, files={"file": ("travel.md", TEXT)})
        document = sent.raise_for_status().json()["document_id"]
        while http.get(f"/api/documents/{document}").json()["vectors"] != 1:
            time.sleep(0.05)


async def ask(http: httpx.AsyncClient, number: int) -> float:
    """Milliseconds from the request to the whole answer."""
    began = time.perf_counter()
    body = {"question": f"What is the daily allowance in Beijing? ({number})", "workspace": "bench"}
    reply = await http.post("/api/chat", json=body)
    assert reply.status_code == 200, reply.text
    assert json.loads(reply.content)["citations"], reply.text
    return (time.perf_counter() - began) * 1000


async def measure(running: System) -> dict[str, float]:
    """Sequential latency, then throughput with 32 in flight, each with the CPU it took."""
    headers = {"Authorization": f"Bearer {running.token}"}
    async with httpx.AsyncClient(base_url=running.base, headers=headers, timeout=60) as http:
        for number in range(30):
            await ask(http, number)
        cpu = sum(running.cpu_seconds().values())
        times = [await ask(http, number) for number in range(SEQUENTIAL)]
        used = sum(running.cpu_seconds().values()) - cpu
    rate, busy = await asyncio.to_thread(throughput, running)
    ordered = sorted(times)
    return {
        "p50": statistics.median(times),
        "p95": ordered[int(len(ordered) * 0.95)],
        "cpu": used / SEQUENTIAL * 1000,
        "rate": rate,
        "busy": busy,
    }


def throughput(running: System) -> tuple[float, float]:
    """Questions a second with 32 in flight, and CPU milliseconds of each; the load comes from a process of its own."""
    cpu, began = sum(running.cpu_seconds().values()), time.perf_counter()
    command = [sys.executable, "-m", "bench.load", running.base, running.token, str(PARALLEL), str(IN_FLIGHT)]
    subprocess.run(command, check=True)
    seconds = time.perf_counter() - began
    return PARALLEL / seconds, (sum(running.cpu_seconds().values()) - cpu) / PARALLEL * 1000


def main() -> None:
    rows = []
    for name, goal in GOALS.items():
        with system(each=name == "eight processes", **STUBS) as running:
            prepare(running)
            found = asyncio.run(measure(running))
        rows.append([name, f"{found['p50']:.1f}", f"≤ {goal:.0f}", f"{found['p95']:.1f}", f"{found['cpu']:.1f}",
                     f"{found['rate']:.0f}", "≥ 150", f"{found['busy']:.1f}"])  # fmt: skip
    head = [
        "journey",
        "p50 ms",
        "goal",
        "p95 ms",
        "CPU ms/question",
        "questions/s, 32 in flight",
        "goal",
        "CPU ms/question",
    ]
    table(
        "A question's whole journey: HTTP in, eight services, all durable, audit on; stub engine and embedder",
        head,
        rows,
    )


if __name__ == "__main__":
    main()
