"""`cloister topics`: what a group may ask about."""

from typing import Annotated

import typer

from client.cli.framework import CommandContext, command, group
from client.cli.terminal import styled

app = group("topics", "What a group may ask about.", "cloister topics list")
Name = Annotated[str, typer.Argument(metavar="GROUP")]
Words = Annotated[list[str] | None, typer.Option(help="May be given several times.")]


@command(app, "list", example="cloister topics list")
def list_all(ctx: CommandContext) -> None:
    """List the topic rules that apply to you; as an administrator, all."""
    columns = {"group": "group", "allow": "one of", "deny": "none of"}
    ctx.table(ctx.http.every("topic"), columns, "There are no topic rules.")


@command(app, "set", example="cloister topics set finance --allow budget --allow 预算")
def set_topic(ctx: CommandContext, group_name: Name, allow: Words = None, deny: Words = None) -> None:
    """Set a topic rule: a question needs one of the allowed words, if any are given, and none of the denied ones."""
    created = ctx.http.make("topic", group=group_name, allow=allow or [], deny=deny or [])
    ctx.show(created, styled("The rule for [bold]{name}[/] is set.", name=group_name))


@command(app, "remove", example="cloister topics remove finance")
def remove(ctx: CommandContext, group_name: Name) -> None:
    """Remove a topic rule."""
    ctx.show(ctx.http.remove("topic", group_name), f"{group_name} may ask about anything.")
