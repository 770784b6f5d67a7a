"""`cloister login`, `logout` and `whoami`: store and forget a token for later commands, and show whose it is."""

import sys
from typing import Annotated

import typer

from client.cli.company_login import sign_in
from client.cli.credentials import address, forget_sign_in, store_sign_in, stored_token, token_file
from client.cli.framework import CommandContext, command
from client.cli.terminal import styled
from client.sdk.errors import Refused
from client.sdk.http import Http

Name = Annotated[str, typer.Argument(metavar="NAME", help="A local account; without it, the company's account.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, example="cloister login alice --url https://cloister.example")(login)
    command(app, example="cloister logout --everywhere")(logout)
    command(app, example="cloister whoami --url https://cloister.example")(whoami)


def login(
    ctx: CommandContext,
    username: Name = "",
    company: Annotated[bool, typer.Option("--company", help="With the company's account, in a browser.")] = False,
) -> None:
    """Sign in. The password is asked for, or read from standard input; with --company a browser confirms a code."""
    http = Http(address(ctx.url))
    if company or not username:
        _company(ctx, http)
        return
    password = typer.prompt("Password", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    signed = http.login(username, password)
    store_sign_in(http.url, username, signed)
    hours = signed["expires_in"] / 3600
    words = "Signed in to {url} as [bold]{username}[/] for {hours} hours ({store})."
    message = styled(words, url=http.url, username=username, hours=f"{hours:.0f}", store=token_file())
    ctx.show({"url": http.url, "username": username, "expires_in": signed["expires_in"]}, message)


def whoami(ctx: CommandContext) -> None:
    """Show who you are at the server, by which credential, and what you may do."""
    me, used = ctx.http.me(), ctx.credential
    if ctx.json:
        return ctx.print_json(me | {"url": ctx.http.url, "credential": used.source})
    words = "[bold]{who}[/] at {url}, by {source}"
    ctx.out.print(styled(words, who=me["id"], url=ctx.http.url, source=used.source))
    belongs = ", ".join([*(f"group {name}" for name in me["groups"]), *(f"role {name}" for name in me["roles"])])
    ctx.out.print(belongs or "no groups and no roles")
    columns = {"workspace": "workspace", "title": "title", "actions": "may"}
    ctx.table(me["workspaces"], columns, "You may use no workspace. Ask an administrator for a grant.")


def _company(ctx: CommandContext, http: Http) -> None:
    issuer = http.issuer()
    if not issuer:
        words = "This Cloister has only local accounts. Give a NAME, as in `cloister login alice`."
        raise Refused("no_company_sign_in", words, 404)

    def show(address: str, code: str) -> None:
        typer.echo(f"Open {address} in a browser and confirm the code {code}.", err=True)

    signed = sign_in(issuer, show)
    http.token = signed["access_token"]
    username = str(http.me()["name"])
    store_sign_in(http.url, username, signed | {"issuer": issuer})
    message = styled("Signed in to {url} as [bold]{username}[/].", url=http.url, username=username)
    ctx.show({"url": http.url, "username": username, "issuer": issuer}, message)


def logout(
    ctx: CommandContext,
    everywhere: Annotated[bool, typer.Option("--everywhere", help="End all sign-ins of the account.")] = False,
) -> None:
    """Sign out at the server, and forget the token."""
    url = address(ctx.url)
    token = ctx.token or stored_token(url)
    known = forget_sign_in(url)
    ended = _ended(Http(url, token), everywhere) if token else False
    words = f"Signed out of {url}{' everywhere' if everywhere else ''}." if ended else f"Nobody was signed in to {url}."
    ctx.show({"url": url, "signed_out": ended or known, "everywhere": ended and everywhere}, words)


def _ended(http: Http, everywhere: bool) -> bool:
    try:
        http.logout(everywhere=everywhere)
    except Refused as refused:
        if refused.status != 401:  # the token has ended already
            raise
        return False
    return True
