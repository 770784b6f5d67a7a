"""Three nodes, as k8s/helm/nats.yaml wants them: what is acknowledged is on two disks, and one node may go."""

import asyncio
import json
import random
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from nats.aio.client import Client
from nats.js.client import JetStreamContext
from nats.js.errors import Error

from bench.system import system
from client.sdk.errors import Refused
from infra.nats.certificates import make_certificates
from infra.nats.server import configure, start
from shared.errors import NotReady
from shared.streams import OBJECTS, STREAMS, apply
from tests.kube.charts import values
from tests.servers.bus import Server, bus
from tests.support.company import STAND_INS, Company

__all__ = ["bus"]
NODES = 3
QUESTION = "What is the daily allowance in Beijing?"
PAPER = "The daily allowance in Beijing is 420 yuan."


@pytest.fixture
def nodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Server]]:
    monkeypatch.setenv("CLOISTER_STREAM_REPLICAS", str(NODES))
    make_certificates(tmp_path / "keys", ("nats",))
    routes = route_ports()
    servers = [node(tmp_path, number, routes) for number in range(NODES)]
    yield servers
    for server in servers:
        if server.process.poll() is None:
            server.stop()


def route_ports() -> list[int]:
    """Below those of outgoing connections: a node that calls a peer in vain could take its port for the call."""
    found = list[int]()
    for port in random.sample(range(20_000, 32_000), 100):
        with suppress(OSError):
            socket.create_server(("127.0.0.1", port)).close()
            found.append(port)
    return found[:NODES]


def node(home: Path, number: int, routes: list[int]) -> Server:
    conf = configure(home / f"nats-{number}", home / "keys", 0)
    wanted = json.loads(conf.read_text())
    peers = [f"nats://127.0.0.1:{port}" for port in routes]
    certificates = home / "keys" / "tls"
    files = {"cert_file": "nats.pem", "key_file": "nats.key", "ca_file": "ca.pem"}
    tls = values("nats")["config"]["cluster"]["merge"]["tls"] | {n: str(certificates / f) for n, f in files.items()}
    wanted["cluster"] = {"name": "nats", "listen": f"127.0.0.1:{routes[number]}", "routes": peers, "tls": tls}
    conf.write_text(json.dumps(wanted | {"server_name": f"nats-{number}"}))
    return Server(home, conf, start(conf))


async def applied(server: Server) -> None:
    """The nodes need some seconds to find each other and a leader; the provisioning Job tries again as well."""
    async with asyncio.timeout(40):
        while True:
            try:
                await apply(server.url, server.seed("provisioner"))
                return
            except (NotReady, Error, TimeoutError):
                await asyncio.sleep(0.2)


async def test_every_stream_is_kept_three_times_and_outlives_a_node(nodes: list[Server]) -> None:
    await applied(nodes[0])
    async with nodes[0].connect("provisioner") as client:
        for stream in (*STREAMS, OBJECTS):
            reply = await client.request(f"$JS.API.STREAM.INFO.{stream.name}", b"", timeout=5)
            info = json.loads(reply.data)
            assert info["config"]["num_replicas"] == NODES
            assert len(info["cluster"]["replicas"]) == NODES - 1
            leader = info["cluster"]["leader"]
    gone = next(server for server in nodes if leader in server.conf.parent.name)
    gone.process.kill()
    gone.process.wait()
    left = next(server for server in nodes if server is not gone)
    await applied(left)
    async with left.connect("gateway") as client:
        await kept(client.jetstream(), "query.asked.v1")


async def test_who_has_no_certificate_of_the_authority_is_no_node(nodes: list[Server], tmp_path: Path) -> None:
    """It would hear every account, and be believed."""
    await applied(nodes[0])
    cluster = json.loads(nodes[0].conf.read_text())["cluster"]
    make_certificates(tmp_path / "other" / "keys", ("nats",))
    strangers = [stranger(tmp_path / "other", cluster, secured) for secured in (False, True)]
    try:
        await asyncio.sleep(3)  # a route is tried each second
        logs = [(server.conf.with_name("nats.log")).read_text() for server in strangers]
        assert not any("Route connection created" in log and "Registering" in log for log in logs)
        heard = nodes[0].conf.with_name("nats.log").read_text()
        assert "TLS route handshake error" in heard
        async with nodes[0].connect("sys") as client:
            found = [m async for m in everybody(client)]
        assert len(found) == NODES
    finally:
        for server in strangers:
            server.stop()


def stranger(home: Path, cluster: dict[str, Any], secured: bool) -> Server:
    """A server with our configuration and keys of its own, without TLS between nodes or with a foreign authority."""
    conf = configure(home / f"stranger-{secured}", home / "keys", 0)
    own, tls = {**cluster, "listen": f"127.0.0.1:{route_ports()[0]}"}, {**cluster["tls"]}
    tls |= {name: str(home / "keys" / "tls" / Path(tls[name]).name) for name in ("cert_file", "key_file", "ca_file")}
    own |= {"tls": tls} if secured else {}
    if not secured:
        del own["tls"]
    wanted = json.loads(conf.read_text()) | {"cluster": own, "server_name": f"stranger-{secured}"}
    conf.write_text(json.dumps(wanted))
    return Server(home, conf, start(conf))


async def everybody(client: Client) -> AsyncIterator[dict[str, Any]]:
    """All servers that this one counts as its cluster."""
    inbox = client.new_inbox()
    subscription = await client.subscribe(inbox)
    await client.publish("$SYS.REQ.SERVER.PING", b"", reply=inbox)
    with suppress(TimeoutError):
        while True:
            yield json.loads((await subscription.next_msg(1)).data)


async def test_people_get_answers_from_three_nodes_and_again_when_one_is_dead(nodes: list[Server]) -> None:
    await applied(nodes[0])
    async with nodes[0].connect("provisioner") as client:
        reply = await client.request("$JS.API.STREAM.INFO.QUERIES", b"", timeout=5)
        leader = json.loads(reply.data)["cluster"]["leader"]
    settings = {"nats_url": nodes[0].url, "keys": str(nodes[0].keys), **STAND_INS}
    with system(**settings) as running:
        company = Company(running)
        workspace = company.workspace("travel")
        assert company.paper(workspace, "travel.md", PAPER)["status"] == "indexed"
        assert "420" in company.admin.ask(QUESTION, workspace=workspace).answer
        gone = next(server for server in nodes if leader in server.conf.parent.name)
        gone.process.kill()
        gone.process.wait()
        await answered(company, workspace)


async def answered(company: Company, workspace: str) -> None:
    """No stream takes a question until the others have a leader: four to twelve seconds on a busy machine."""
    async with asyncio.timeout(60):
        while True:
            with suppress(Refused):
                found = await asyncio.to_thread(company.admin.ask, QUESTION, workspace=workspace)
                assert "420" in found.answer
                return
            await asyncio.sleep(0.2)


async def kept(jetstream: JetStreamContext, subject: str) -> None:
    """The subject's stream chooses a new leader first."""
    async with asyncio.timeout(30):
        while True:
            try:
                await jetstream.publish(subject, b"{}", timeout=2)
                return
            except (Error, TimeoutError):
                await asyncio.sleep(0.2)


@pytest.mark.parametrize("given", ["2", "three", "-1"])
async def test_a_number_of_replicas_that_no_bus_has_is_refused_in_words(
    given: str, bus: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOISTER_STREAM_REPLICAS", given)
    with pytest.raises(NotReady, match=f"CLOISTER_STREAM_REPLICAS='{given}' is set wrongly"):
        await apply(bus.url, bus.seed("provisioner"))


async def test_three_replicas_on_one_node_are_refused(bus: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOISTER_STREAM_REPLICAS", "3")
    with pytest.raises(NotReady, match="replicas"):
        await apply(bus.url, bus.seed("provisioner"))
