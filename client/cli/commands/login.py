"""`cloister login` and `logout`: a token kept for the commands that follow."""

import sys
from typing import Annotated

import typer

from client.cli.company_login import sign_in
from client.cli.credentials import address, forget, keep, store, stored
from client.cli.framework import CommandContext, command
from client.cli.terminal import styled
from client.sdk.errors import Refused
from client.sdk.http import Http

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of a local account; none: the company's account.")]


def register(app: typer.Typer) -> None:
    """Add both."""
    command(app, example="cloister login alice --url https://cloister.example")(login)
    command(app, example="cloister logout --everywhere")(logout)


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
    keep(http.url, username, signed)
    hours = signed["expires_in"] / 3600
    words = "Signed in to {url} as [bold]{username}[/] for {hours} hours ({store})."
    told = styled(words, url=http.url, username=username, hours=f"{hours:.0f}", store=store())
    ctx.show({"url": http.url, "username": username, "expires_in": signed["expires_in"]}, told)


def _company(ctx: CommandContext, http: Http) -> None:
    issuer = http.issuer()
    if not issuer:
        words = "There are local accounts alone here: give a NAME, as in `cloister login alice`."
        raise Refused("no_company_sign_in", words, 404)

    def show(address: str, code: str) -> None:
        typer.echo(f"Open {address} in a browser and confirm the code {code}.", err=True)

    signed = sign_in(issuer, show)
    http.token = signed["access_token"]
    username = str(http.me()["name"])
    keep(http.url, username, signed | {"issuer": issuer})
    told = styled("Signed in to {url} as [bold]{username}[/].", url=http.url, username=username)
    ctx.show({"url": http.url, "username": username, "issuer": issuer}, told)


def logout(
    ctx: CommandContext,
    everywhere: Annotated[bool, typer.Option("--everywhere", help="End all sign-ins of the account.")] = False,
) -> None:
    """End the sign-in, at the server too, and forget its token."""
    url = address(ctx.url)
    token = ctx.token or stored(url)
    known = forget(url)
    ended = _ended(Http(url, token), everywhere) if token else False
    words = f"Signed out of {url}{' everywhere' if everywhere else ''}." if ended else f"Nobody was signed in to {url}."
    ctx.show({"url": url, "signed_out": ended or known, "everywhere": ended and everywhere}, words)


def _ended(http: Http, everywhere: bool) -> bool:
    try:
        http.logout(everywhere=everywhere)
    except Refused as refused:
        if refused.status != 401:  # that one is over already
            raise
        return False
    return True
