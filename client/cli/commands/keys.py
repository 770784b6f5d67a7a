"""`cloister keys`: what business systems prove themselves with."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from client.cli.framework import Here, command, group
from client.cli.terminal import styled

app = group("keys", "API keys of business systems, for HTTP and for the bus.")
Name = Annotated[str, typer.Argument(metavar="NAME", help="The system's name, such as crm.")]


@command(app, "list", example="cloister keys list")
def every(here: Here) -> None:
    """All of them, without their secrets."""
    columns = {"name": "name", "workspaces": "workspaces", "bus": "bus", "expires_at": "expires"}
    rows = here.http.every("key")
    for row in rows if not here.json else ():
        row["expires_at"] = row["expires_at"] and f"{datetime.fromtimestamp(row['expires_at']):%Y-%m-%d %H:%M}"
    here.table(rows, columns, "There are no keys.")


@command(app, "add", example="cloister keys add crm -w finance --bus --answer-keys crm-answer-keys.json")
def add(
    here: Here,
    name: Name,
    workspaces: Annotated[list[str], typer.Option("--workspace", "-w", help="May be given several times.")],
    bus: Annotated[bool, typer.Option("--bus", help="Also a name and password on the bus.")] = False,
    expires: Annotated[str | None, typer.Option(help="Such as 2030-01-31T00:00:00Z.")] = None,
    answer_keys: Annotated[Path | None, typer.Option(help="Write the keys that prove answers to this file.")] = None,
) -> None:
    """Make one. Its secret is shown once."""
    made = here.http.make("key", name=name, workspaces=workspaces, bus=bus, expires=expires)
    if answer_keys:
        answer_keys.write_text(json.dumps(made.get("answer_keys", {}), indent=1))
    if here.json:
        return here.print_json(made)
    here.out.print(styled("[bold]{key}[/]", key=made["key"]))
    here.err.print(f"This is the key of {name}; keep it now, it is not shown again.")
    if bus:
        port = os.environ.get("CLOISTER_NATS_PORT", "4222")
        here.err.print(
            f"On the bus: nats://127.0.0.1:{port} (or your server's name), user {name}, this key as password."
        )


@command(app, "remove", example="cloister keys remove crm")
def remove(here: Here, name: Name) -> None:
    """Refused from now on, over HTTP and on the bus."""
    here.show(here.http.remove("key", name), f"The key of {name} is gone.")
