"""`cloister roles`, `limits` and `topics`; locking, leaving and moving of users; why somebody may do something."""

from typing import Annotated, Any

import typer

from client.cli.commands.access import grants, users
from client.cli.framework import CommandContext, command, group
from client.cli.terminal import styled

roles = group("roles", "Role templates: groups, roles and grants in one step.")
limits = group("limits", "How often and when somebody may ask.")
topics = group("topics", "What a group may ask about.")
Name = Annotated[str, typer.Argument(metavar="NAME")]
To = Annotated[str, typer.Argument(metavar="TO", help="group:NAME, person:NAME, role:NAME or app:NAME")]
Words = Annotated[list[str] | None, typer.Option(help="May be given several times.")]


@command(users, "lock", example="cloister users lock alice")
def lock(ctx: CommandContext, name: Name) -> None:
    """Everything that they proved themselves with ends within a second."""
    ctx.show(_post(ctx, f"users/{name}/lock"), f"{name} is locked out.")


@command(users, "unlock", example="cloister users unlock alice")
def unlock(ctx: CommandContext, name: Name) -> None:
    """They may sign in again."""
    ctx.show(_post(ctx, f"users/{name}/unlock"), f"{name} may sign in again.")


@command(users, "change", example="cloister users change alice -g finance -g board")
def change(
    ctx: CommandContext,
    name: Name,
    groups: Annotated[list[str] | None, typer.Option("--group", "-g", help="All groups from now on.")] = None,
    role: Annotated[list[str] | None, typer.Option("--role", "-r", help="All roles from now on.")] = None,
) -> None:
    """Other groups or roles. What is left out stays; an empty text takes all away."""
    wanted = {"groups": _listed(groups), "roles": _listed(role)}
    body = {field: values for field, values in wanted.items() if values is not None}
    done = ctx.http.call("PATCH", f"/api/users/{name}", json=body)
    words = "[bold]{name}[/] is in {groups}."
    ctx.show(done, styled(words, name=name, groups=", ".join(done["groups"]) or "no group"))


@command(users, "offboard", example="cloister users offboard alice --to bob")
def offboard(
    ctx: CommandContext,
    name: Name,
    to: Annotated[str | None, typer.Option(help="Who takes over their grants and keys.")] = None,
    keep_keys: Annotated[bool, typer.Option("--keep-keys", help="Leave the secrets of their keys valid.")] = False,
) -> None:
    """They leave: locked, sessions and keys ended, what they own listed and handed over."""
    done = _post(ctx, f"users/{name}/offboard", to=to, keep_keys=keep_keys)
    if ctx.json:
        return ctx.print_json(done)
    ctx.out.print(styled("[bold]{name}[/] has left. Sessions and streams are over.", name=name))
    for grant in done["grants"]:
        ctx.out.print(f"  {', '.join(grant['actions'])} in {grant['workspace']}: {done['to'] or 'ended'}")
    for key in done["keys"]:
        ended = "its secrets stay valid" if keep_keys else f"a new secret: cloister keys rotate {key}"
        ctx.out.print(f"  the key {key}: {done['to'] or 'nobody'}; {ended}")
    ctx.out.print(f"  {done['documents']} documents that they uploaded stay with their workspaces")


@command(grants, "why", example="cloister grants why alice finance")
def why(ctx: CommandContext, person: Name, workspace: Annotated[str, typer.Argument(metavar="WORKSPACE")]) -> None:
    """What somebody may do in a workspace, and the rule that decides."""
    told = ctx.http.call("GET", "/api/grants/why", params={"person": person, "workspace": workspace})
    if ctx.json:
        return ctx.print_json(told)
    columns = {"action": "action", "allowed": "allowed", "rule": "rule", "words": "because", "grant_id": "id"}
    ctx.table(told["actions"], columns, f"Nobody is called {person}.")


@command(roles, "list", example="cloister roles list")
def every_role(ctx: CommandContext) -> None:
    """What each brings."""
    found = ctx.http.call("GET", "/api/roles")["roles"]
    ctx.table(found, {"name": "role", "title": "title", "groups": "groups", "roles": "roles"}, "There are no roles.")


@command(roles, "apply", example="cloister roles apply finance-member alice")
def apply(ctx: CommandContext, role: Name, person: Annotated[str, typer.Argument(metavar="PERSON")]) -> None:
    """Give a person the groups, roles and grants of a template."""
    done = _post(ctx, f"roles/{role}/apply", to=person)
    words = "[bold]{person}[/] is {role} now: {groups}."
    groups = ", ".join([*done["groups"], *done["roles"]])
    ctx.show(done, styled(words, person=person, role=role, groups=groups or "no groups"))


@command(limits, "list", example="cloister limits list")
def every_limit(ctx: CommandContext) -> None:
    """All that hold for you; for an administrator, all."""
    columns = {"to": "for", "daily": "a day", "opens": "from", "closes": "to", "days": "days", "zone": "zone"}
    ctx.table(ctx.http.every("limit"), columns, "There are no limits.")


@command(limits, "set", example="cloister limits set group:finance --daily 100 --opens 08:00 --closes 18:00")
def set_limit(
    ctx: CommandContext,
    to: To,
    daily: Annotated[int | None, typer.Option(help="Questions a day, for each of them.")] = None,
    opens: Annotated[str | None, typer.Option(help="Such as 08:00.")] = None,
    closes: Annotated[str | None, typer.Option(help="Such as 18:00.")] = None,
    days: Annotated[list[str] | None, typer.Option("--day", help="mon to sun; several times.")] = None,
    zone: Annotated[str, typer.Option(help="Such as Asia/Shanghai.")] = "UTC",
) -> None:
    """In the place of the limit before."""
    made = ctx.http.make("limit", to=to, daily=daily, opens=opens, closes=closes, days=days or [], zone=zone)
    ctx.show(made, styled("The limit for [bold]{to}[/] holds.", to=to))


@command(limits, "remove", example="cloister limits remove group:finance")
def remove_limit(ctx: CommandContext, to: To) -> None:
    """No limit any more."""
    ctx.show(ctx.http.remove("limit", to), f"{to} has no limit.")


@command(topics, "list", example="cloister topics list")
def every_topic(ctx: CommandContext) -> None:
    """All that hold for you; for an administrator, all."""
    columns = {"group": "group", "allow": "one of", "deny": "none of"}
    ctx.table(ctx.http.every("topic"), columns, "There are no topic rules.")


@command(topics, "set", example="cloister topics set finance --allow budget --allow 预算")
def set_topic(ctx: CommandContext, group_name: Name, allow: Words = None, deny: Words = None) -> None:
    """Questions of the group need one of the allowed words, if there are any, and none of the denied ones."""
    made = ctx.http.make("topic", group=group_name, allow=allow or [], deny=deny or [])
    ctx.show(made, styled("The rule for [bold]{name}[/] holds.", name=group_name))


@command(topics, "remove", example="cloister topics remove finance")
def remove_topic(ctx: CommandContext, group_name: Name) -> None:
    """They may ask about anything."""
    ctx.show(ctx.http.remove("topic", group_name), f"{group_name} may ask about anything.")


def _post(ctx: CommandContext, path: str, **fields: Any) -> dict[str, Any]:
    body = {name: value for name, value in fields.items() if value not in (None, False)}
    return ctx.http.call("POST", f"/api/{path}", json=body)


def _listed(given: list[str] | None) -> list[str] | None:
    return None if given is None else [value for value in given if value]
