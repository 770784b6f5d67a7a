"""Somebody new for each trial of a lost right, and what they have open: a stream, or a connection to the bus."""

import asyncio
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

import httpx
import nats

from bench.system import System

PASSWORD = "a password for measuring"  # noqa: S105
PAPER = " ".join(f"The vault in room {n} opens with the word osprey{n}." for n in range(60))
QUESTION = "With which word does the vault in room 7 open? Read it out dragging."


@dataclass
class Asker:
    """Who asks, as whom the rights are theirs, and how they prove it; `grant` lets them ask."""

    name: str
    headers: dict[str, str]
    grant: str = ""
    secret: str = ""


@dataclass
class Trials:
    """A workspace, and somebody new for each trial. `waited` counts the 503 that were waited for as a client does."""

    running: System
    http: httpx.AsyncClient
    admin: dict[str, str]
    document: str = ""
    number: int = 0
    waited: int = 0

    async def prepare(self) -> None:
        """The workspace and its only document."""
        await self.call("POST", "/api/workspaces", json={"name": "vaults"})
        file = {"file": ("vaults.md", PAPER.encode())}
        sent = await self.call("POST", "/api/documents", data={"workspace": "vaults"}, files=file)
        self.document = sent["document_id"]
        # Another process indexes it.
        while (await self.call("GET", f"/api/documents/{self.document}"))["status"] != "indexed":  # noqa: ASYNC110
            await asyncio.sleep(0.1)

    async def call(self, method: str, path: str, **given: Any) -> Any:
        return (await self.reply(method, path, **given)).json()

    async def reply(self, method: str, path: str, **given: Any) -> httpx.Response:
        """The administrator's, if no other headers are given; a 503 says when to come again."""
        given = {"headers": self.admin} | given
        while (reply := await self.http.request(method, path, **given)).status_code == 503:
            await self.wait(reply)
        assert reply.status_code < 300, (path, reply.text)
        return reply

    async def wait(self, reply: httpx.Response) -> None:
        self.waited += 1
        await asyncio.sleep(float(reply.headers["retry-after"]))

    async def person(self) -> Asker:
        """Somebody of a group that may ask, with a token."""
        name = await self.account()
        token = (await self.call("POST", "/api/login", json={"username": name, "password": PASSWORD}))["access_token"]
        return Asker(name, {"Authorization": f"Bearer {token}"}, await self.granted(name))

    async def browser(self) -> Asker:
        """The same in a browser."""
        name = await self.account()
        reply = await self.reply("POST", "/auth/login", json={"username": name, "password": PASSWORD})
        # The cookie is `Secure`: sent to loopback by browsers, not by httpx.
        cookies = SimpleCookie("; ".join(line.partition(";")[0] for line in reply.headers.get_list("set-cookie")))
        self.http.cookies.clear()
        sent = "; ".join(f"{key}={morsel.value}" for key, morsel in cookies.items())
        headers = {"Cookie": sent, "X-CSRF-Token": reply.json()["session"]["csrf"]}
        return Asker(name, headers, await self.granted(name))

    async def system(self) -> Asker:
        """A business system."""
        self.number += 1
        about = {"name": f"s{self.number}", "workspaces": ["vaults"], "bus": True}
        made = await self.call("POST", "/api/keys", json=about)
        return Asker(made["name"], {"Authorization": f"Bearer {made['key']}"}, secret=made["key"])

    async def account(self) -> str:
        self.number += 1
        name = f"p{self.number}"
        await self.call("POST", "/api/users", json={"username": name, "password": PASSWORD, "groups": [f"g-{name}"]})
        return name

    async def granted(self, name: str) -> str:
        grant = {"workspace": "vaults", "to": f"group:g-{name}", "actions": ["ask"]}
        return str((await self.call("POST", "/api/grants", json=grant))["grant_id"])

    async def stream(self, asker: Asker, began: asyncio.Event) -> str:
        """The last event, once the stream has ended."""
        body, last = {"question": QUESTION, "stream": True}, ""
        async with self.http.stream("POST", "/api/chat", json=body, headers=asker.headers) as reply:
            if reply.status_code != 503:
                assert reply.status_code == 200, (await reply.aread()).decode()
                async for line in reply.aiter_lines():
                    last = line.removeprefix("event: ") if line.startswith("event: ") else last
                    if last == "token":
                        began.set()
                return last
        await self.wait(reply)
        return await self.stream(asker, began)

    async def connection(self, asker: Asker, began: asyncio.Event) -> str:
        """Open on the bus until the server closes it."""
        ended = asyncio.Event()

        async def over() -> None:
            ended.set()

        async def quiet(_: Exception) -> None:
            """The server says why; its end is what counts."""

        line = await nats.connect(
            self.running.nats_url, user=asker.name, password=asker.secret, inbox_prefix=f"_INBOX_{asker.name}",
            allow_reconnect=False, closed_cb=over, error_cb=quiet,
        )  # fmt: skip
        began.set()
        await ended.wait()
        await line.close()
        return "error"
