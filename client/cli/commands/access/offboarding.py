"""`cloister users lock`, `unlock` and `offboard`."""

from typing import Annotated, Any

import typer

from client.cli.commands.access.users import app
from client.cli.framework import CommandContext, command
from client.cli.terminal import styled

__all__ = ["app"]
Name = Annotated[str, typer.Argument(metavar="NAME")]


@command(app, "lock", example="cloister users lock alice")
def lock(ctx: CommandContext, name: Name) -> None:
    """Lock a user out. Tokens, sessions and keys end within a second."""
    ctx.show(_post(ctx, f"users/{name}/lock"), f"{name} is locked out.")


@command(app, "unlock", example="cloister users unlock alice")
def unlock(ctx: CommandContext, name: Name) -> None:
    """Let a locked user sign in again."""
    ctx.show(_post(ctx, f"users/{name}/unlock"), f"{name} may sign in again.")


@command(app, "offboard", example="cloister users offboard alice --to bob")
def offboard(
    ctx: CommandContext,
    name: Name,
    to: Annotated[str | None, typer.Option(help="Who takes over their grants and keys.")] = None,
    keep_keys: Annotated[bool, typer.Option("--keep-keys", help="Leave the secrets of their keys valid.")] = False,
) -> None:
    """Offboard a user: lock the account, end sessions and keys, and hand over grants and keys."""
    done = _post(ctx, f"users/{name}/offboard", to=to, keep_keys=keep_keys)
    if ctx.json:
        return ctx.print_json(done)
    ctx.out.print(styled("[bold]{name}[/] has left. Sessions and streams have ended.", name=name))
    for grant in done["grants"]:
        ctx.out.print(f"  {', '.join(grant['actions'])} in {grant['workspace']}: {done['to'] or 'ended'}")
    for key in done["keys"]:
        ended = "its secrets stay valid" if keep_keys else f"a new secret: cloister keys rotate {key}"
        ctx.out.print(f"  the key {key}: {done['to'] or 'nobody'}; {ended}")
    ctx.out.print(f"  {done['documents']} documents that they uploaded stay with their workspaces")


def _post(ctx: CommandContext, path: str, **fields: Any) -> dict[str, Any]:
    body = {name: value for name, value in fields.items() if value not in (None, False)}
    return ctx.http.call("POST", f"/api/{path}", json=body)
