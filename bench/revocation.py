"""How soon a lost right ends what is open: trials of each kind on a running system."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx

from bench.system import System
from bench.trials import Asker, Trials

SOONER = 6  # seconds of patience: the answer itself takes 7.5
Act = tuple[str, str, dict[str, Any]]
# From whom, what they have open, and the act that takes it away.
Kind = tuple[Callable[[Trials], Any], Callable[..., Any], Callable[[Trials, Asker], Act]]


def kinds() -> dict[str, Kind]:
    """What is taken away, by an administrator if not by themselves."""
    person, app, browser = Trials.person, Trials.system, Trials.browser
    stream, bus = Trials.stream, Trials.connection
    return {
        "grant removed": (person, stream, lambda _, who: ("DELETE", f"/api/grants/{who.grant}", {})),
        "denied": (person, stream, lambda _, who: ("POST", "/api/grants", {"json": _denial(who)})),
        "group left": (person, stream, lambda _, who: ("PATCH", f"/api/users/{who.name}", {"json": {"groups": []}})),
        "person locked": (person, stream, lambda _, who: ("POST", f"/api/users/{who.name}/lock", {})),
        "person removed": (person, stream, lambda _, who: ("DELETE", f"/api/users/{who.name}", {})),
        "document denied": (person, stream, _document_denied),
        "session ended": (browser, stream, lambda _, who: ("POST", "/auth/logout", {"headers": who.headers})),
        "key revoked": (app, stream, lambda _, who: ("DELETE", f"/api/keys/{who.name}", {})),
        "key revoked, on the bus": (app, bus, lambda _, who: ("DELETE", f"/api/keys/{who.name}", {})),
    }


def _denial(who: Asker) -> dict[str, Any]:
    return {"workspace": "vaults", "to": f"person:{who.name}", "actions": ["ask"], "deny": True}


def _document_denied(trials: Trials, who: Asker) -> Act:
    return "PATCH", f"/api/documents/{trials.document}", {"json": {"deny": [f"person:{who.name}"]}}


async def measured(running: System, trials: int) -> list[list[str]]:
    """A row for each kind: milliseconds from the act's call (most, p99, p50), and from its reply (p99)."""
    async with httpx.AsyncClient(base_url=running.base, timeout=120) as http:
        here = Trials(running, http, {"Authorization": f"Bearer {running.token}"})
        await here.prepare()
        return [await _row(here, name, kind, trials) for name, kind in kinds().items()]


async def _row(here: Trials, name: str, kind: Kind, trials: int) -> list[str]:
    before, began = here.waited, time.perf_counter()
    took = [await _trial(here, kind) for _ in range(trials)]
    called, replied = sorted(each[0] for each in took), sorted(each[1] for each in took)
    shown = [called[trials // 2], _late(called), called[-1], _late(replied)]
    waited, seconds = here.waited - before, time.perf_counter() - began
    return [name, str(trials), *(f"{each:.0f}" for each in shown), str(waited), f"{seconds:.0f}"]


def _late(times: list[float]) -> float:
    return times[min(len(times) - 1, int(0.99 * len(times)))]


async def _trial(here: Trials, kind: Kind) -> tuple[float, float]:
    """Milliseconds until it has ended: from the moment the act was sent, and from its reply."""
    make, use, act = kind
    asker, open_, ended = await make(here), asyncio.Event(), list[float]()
    using = asyncio.create_task(use(here, asker, open_))
    using.add_done_callback(lambda _: ended.append(time.perf_counter()))
    async with asyncio.timeout(60):
        await open_.wait()
    method, path, given = act(here, asker)
    sent = time.perf_counter()
    await here.reply(method, path, **given)
    replied = time.perf_counter()
    async with asyncio.timeout(SOONER):
        last = await using
    assert last == "error", f"it ended by {last!r}, not because the right was lost"
    await asyncio.sleep(0)
    return 1000 * (ended[0] - sent), 1000 * max(0.0, ended[0] - replied)
