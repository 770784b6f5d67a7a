"""Where the bus has a certificate, nothing is said to it, or to whoever is in its place, without TLS."""

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path

import nats
import pytest

from client import Bus, Refused
from infra.nats.certificates import make_certificates
from shared.bus import Bus as ServiceBus
from shared.errors import NotReady
from shared.settings import Settings
from tests.servers.bus import Server, nats_server

NAMES = ("nats", "nats.cloister")


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "keys" / "tls"
    make_certificates(tmp_path / "keys", NAMES)
    tls = {"cert_file": str(folder / "nats.pem"), "key_file": str(folder / "nats.key"), "handshake_first": "auto"}
    with nats_server(tmp_path, edge=("crm",), streams=False, changes={"tls": tls}) as server:
        yield server


def authority(server: Server) -> Path:
    return server.home / "keys" / "tls" / "ca.pem"


def settings(server: Server, ca: Path | None) -> Settings:
    return Settings(home=server.home, nats_url=server.url, keys=server.keys, nats_ca=ca)


async def test_services_and_systems_that_know_the_authority_come_in(secured: Server) -> None:
    gateway = ServiceBus("gateway", settings(secured, authority(secured)))
    await gateway.broker.connect()
    assert gateway.client.is_connected
    await gateway.broker.stop()
    async with Bus(secured.url, "crm", "crm", ca=authority(secured)) as crm:
        assert crm.name == "crm"


async def test_an_authority_of_somebody_else_proves_nothing(secured: Server, tmp_path: Path) -> None:
    make_certificates(tmp_path / "other", NAMES)
    other = tmp_path / "other" / "tls" / "ca.pem"
    with pytest.raises(Refused, match="cannot be reached"):
        async with Bus(secured.url, "crm", "crm", ca=other):
            pass
    with pytest.raises((ssl.SSLError, OSError, nats.errors.Error)):
        await nats.connect(
            secured.url, user="crm", password="crm", tls=ssl.create_default_context(cafile=str(other)),
            allow_reconnect=False,
        )  # fmt: skip


async def test_nothing_is_told_to_one_in_between_who_leaves_tls_out(secured: Server) -> None:
    heard = bytearray()

    async def pretend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'INFO {"server_id":"X","version":"2.15.1","headers":true,"max_payload":1048576,"nonce":"a"}\r\n')
        while piece := await reader.read(4096):
            heard.extend(piece)
        writer.close()

    async with await asyncio.start_server(pretend, "127.0.0.1", 0) as between:
        url = f"nats://127.0.0.1:{between.sockets[0].getsockname()[1]}"
        with pytest.raises(Refused):
            async with Bus(url, "crm", "a secret key", ca=authority(secured)):
                pass
    assert b"CONNECT" not in heard
    assert b"secret" not in heard


async def test_a_certificate_for_another_name_is_not_taken(secured: Server) -> None:
    elsewhere = secured.url.replace("127.0.0.1", "127.0.0.2")
    with pytest.raises(Refused):
        async with Bus(elsewhere, "crm", "crm", ca=authority(secured)):
            pass


def test_an_authority_that_is_not_there_stops_the_start_in_words(tmp_path: Path) -> None:
    (tmp_path / "keys" / "bus").mkdir(parents=True)
    (tmp_path / "keys" / "bus" / "gateway.seed").write_text("SU")
    with pytest.raises(NotReady, match="CLOISTER_NATS_CA"):
        ServiceBus("gateway", Settings(home=tmp_path, nats_ca=tmp_path / "missing.pem"))


def test_certificates_are_kept_and_made_anew_for_more_names(tmp_path: Path) -> None:
    make_certificates(tmp_path, NAMES)
    first, ca = (tmp_path / "tls" / "nats.pem").read_bytes(), (tmp_path / "tls" / "ca.pem").read_bytes()
    make_certificates(tmp_path, NAMES)
    assert (tmp_path / "tls" / "nats.pem").read_bytes() == first
    make_certificates(tmp_path, (*NAMES, "bus.example"))
    assert (tmp_path / "tls" / "nats.pem").read_bytes() != first
    assert (tmp_path / "tls" / "ca.pem").read_bytes() == ca, "who trusts it need not be told again"
    assert (tmp_path / "tls" / "nats.key").stat().st_mode & 0o077 == 0
