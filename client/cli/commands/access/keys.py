"""`cloister keys`: API keys of business systems."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from client.cli.framework import CommandContext, command, group
from client.cli.terminal import styled
from shared.events import last_day

app = group("keys", "API keys: your own, and those of business systems for HTTP and for the bus.", "cloister keys list")
Name = Annotated[str, typer.Argument(metavar="NAME", help="The system's name, such as crm.")]
Actions = Annotated[
    list[str] | None,
    typer.Option("--actions", "--scope", help="What it may do: ask, read, write or summarise, as in read,write."),
]


@command(app, "list", example="cloister keys list")
def list_all(ctx: CommandContext) -> None:
    """List the keys, without their secrets."""
    columns = {"name": "name", "workspaces": "workspaces", "scopes": "may", "bus": "bus", "expires_at": "expires"}
    rows = ctx.http.every("key")
    for row in rows if not ctx.json else ():
        row["expires_at"] = row.get("expires_at") and _last(datetime.fromtimestamp(row["expires_at"]))
        row["used_at"] = row.get("used_at") and f"{datetime.fromtimestamp(row['used_at']):%Y-%m-%d %H:%M}"
    ctx.table(rows, columns | {"used_at": "last use"}, "There are no keys.")


@command(app, "add", example="cloister keys add crm -w finance --actions read,ask --bus --answer-keys crm-keys.json")
def add(
    ctx: CommandContext,
    name: Name,
    workspaces: Annotated[
        list[str] | None, typer.Option("--workspace", "-w", help="May be given several times.")
    ] = None,
    mine: Annotated[bool, typer.Option("--mine", help="For yourself: it does what you may, and no more.")] = False,
    bus: Annotated[bool, typer.Option("--bus", help="Also a name and password on the bus.")] = False,
    expires: Annotated[str | None, typer.Option(help="A day such as 2030-01-31, which is included, or a time.")] = None,
    actions: Actions = None,
    origins: Annotated[list[str] | None, typer.Option("--origin", help="A page or network it may call from.")] = None,
    daily: Annotated[int | None, typer.Option(help="Questions a day.")] = None,
    answer_keys: Annotated[Path | None, typer.Option(help="Write the keys that prove answers to this file.")] = None,
) -> None:
    """Create a key. Its secret is shown once."""
    if answer_keys and not bus:
        raise typer.BadParameter("Only keys with --bus come with keys that prove answers.", param_hint="--answer-keys")
    scopes = [one.strip() for given in actions or [] for one in given.split(",") if one.strip()] or None
    wanted = {"workspaces": workspaces, "scopes": scopes, "origins": origins, "daily": daily, "expires": expires}
    created = ctx.http.make("key", name=name, mine=mine or None, bus=bus or None, **wanted)
    if answer_keys:
        answer_keys.write_text(json.dumps(created.get("answer_keys", {}), indent=1))
    _show_secret(ctx, created["name"], created)
    if bus and not ctx.json:
        port = os.environ.get("CLOISTER_NATS_PORT", "4222")
        ctx.err.print(
            f"On the bus: nats://127.0.0.1:{port} (or your server's name), user {name}, this key as password."
        )


@command(app, "rotate", example="cloister keys rotate crm --hours 24")
def rotate(
    ctx: CommandContext,
    name: Name,
    hours: Annotated[float, typer.Option(help="For which the old secret stays valid.")] = 24,
) -> None:
    """Create a new secret, shown once. The old one stays valid for a while."""
    _show_secret(ctx, name, ctx.http.call("POST", f"/api/keys/{name}/rotate", json={"hours": hours}))


def _show_secret(ctx: CommandContext, name: str, key: dict[str, Any]) -> None:
    if ctx.json:
        return ctx.print_json(key)
    ctx.out.print(styled("[bold]{key}[/]", key=key["key"]))
    ctx.err.print(f"This is the key of {name}. Store it now; it is not shown again.")


@command(app, "remove", example="cloister keys remove crm")
def remove(ctx: CommandContext, name: Name) -> None:
    """Remove a key. It is refused at once, over HTTP and on the bus."""
    ctx.show(ctx.http.remove("key", name), f"The key of {name} is removed.")


def _last(end: datetime) -> str:
    """A key that ends with a day is shown with that day."""
    return f"{end:%Y-%m-%d %H:%M}" if end.hour or end.minute else str(last_day(end))
