"""Records and alerts on their way: a real TLS receiver of syslog, the dialects of collectors, chats and mail."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.audit.delivery.channels import ChannelSender, message
from services.audit.delivery.collectors import Collector
from services.audit.delivery.destination import Channel, Forward, read_destinations
from services.audit.delivery.syslog import SyslogSender, structured
from services.audit.log.follower import Follower
from shared.errors import NotReady
from tests.support.audit_log import audit_log, event, until


def certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    place, secret = folder / "cert.pem", folder / "key.pem"
    place.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    )
    return place, secret


class Receiver:
    """RFC 5425: octet-counted messages over TLS."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        try:
            while length := (await reader.readuntil(b" ")).strip():
                self.messages.append((await reader.readexactly(int(length))).decode())
        except asyncio.IncompleteReadError:
            writer.close()


@asynccontextmanager
async def receiving(folder: Path, port: int = 0) -> AsyncIterator[tuple[Receiver, int, Path]]:
    place, secret = certificate(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(place, secret)
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "localhost", port, ssl=context)
    try:
        yield receiver, server.sockets[0].getsockname()[1], place
    finally:
        server.close()
        for writer in receiver.writers:
            writer.transport.abort()


async def test_syslog_reaches_a_receiver_over_tls_and_goes_on_after_it_died(tmp_path: Path) -> None:
    async with audit_log(tmp_path) as log:
        async with receiving(tmp_path) as (receiver, port, place):
            forward = Forward(name="siem", kind="syslog", host="localhost", port=port, ca_file=place, format="cef")
            follower = Follower("siem", log.database, log.reader, SyslogSender(forward).send, overlap=10)
            task = asyncio.create_task(follower.run())
            await until(lambda: follower.started)
            await log.add(event(1), event(2, {"query": 'q"]\\', "principal": "person:张伟"}))
            await until(lambda: len(receiver.messages) == 2)
        await log.add(event(3))
        await until(lambda: follower.problem != "", 20)
        async with receiving(tmp_path, port) as (again, _, _):
            forward.ca_file.write_bytes(place.read_bytes())  # type: ignore[union-attr]
            await until(lambda: any('seq="3"' in told for told in again.messages), 30)
        task.cancel()
    first, second = receiver.messages
    assert first.startswith("<109>1 2023-11-14T22:13:20.000001Z ")
    assert 'seq="1" who="person:alice" about="q1"] \ufeffCEF:0|' in first
    assert 'who="person:张伟" about="q\\"\\]\\\\"' in second
    assert structured('a"b]c\\d') == 'a\\"b\\]c\\\\d'


def collecting(kind: Any, reply: Callable[[httpx.Request], httpx.Response]) -> Collector:
    forward = Forward(name="siem", kind=kind, url="https://siem.example/in", secret_env="SIEM_TOKEN")
    return Collector(forward, httpx.MockTransport(reply))


@pytest.mark.parametrize(("kind", "scheme"), [("hec", "Splunk"), ("elastic", "ApiKey"), ("otlp", "Bearer")])
async def test_collectors_get_their_dialect_and_their_token(
    tmp_path: Path, kind: str, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIEM_TOKEN", "secret")
    requests: list[httpx.Request] = []

    def reply(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        items = [{"create": {"status": 201}}, {"create": {"status": 409}}]
        return httpx.Response(200, json={"items": items})

    async with audit_log(tmp_path) as log:
        await log.add(event(1), event(2))
        await collecting(kind, reply).send(await log.leaves())
    (request,) = requests
    assert request.headers["authorization"] == f"{scheme} secret"
    text = request.content.decode()
    if kind == "hec":
        assert [json.loads(line)["event"]["metadata"]["uid"] for line in text.splitlines()] == ["1", "2"]
    elif kind == "elastic":
        lines = [json.loads(line) for line in text.splitlines()]
        assert [line["create"]["_id"].split("-")[0] for line in lines[::2]] == ["1", "2"]
        assert lines[1]["event"]["id"] == "1"
    else:
        logs = json.loads(text)["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
        assert [record["attributes"][0]["value"]["stringValue"] for record in logs] == ["1", "2"]


@pytest.mark.parametrize(
    "reply",
    [httpx.Response(503), httpx.Response(200, json={"items": [{"create": {"status": 429, "error": "slow down"}}]})],
)
async def test_what_a_collector_refuses_is_not_taken_for_delivered(tmp_path: Path, reply: httpx.Response) -> None:
    async with audit_log(tmp_path) as log:
        await log.add(event(1))
        with pytest.raises(ConnectionError):
            await collecting("elastic", lambda _: reply).send(await log.leaves())


ALERT = {"principal": {"id": "person:eve"}, "rule": "bulk_reading", "why": "many", "value": 101, "act": "ban"}


@pytest.mark.parametrize("kind", ["feishu", "dingtalk", "wecom", "slack", "json"])
async def test_an_alert_reaches_each_kind_of_chat_in_its_form(tmp_path: Path, kind: Any) -> None:
    bodies: list[dict[str, Any]] = []

    def reply(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return httpx.Response(200, json={"code": 0, "errcode": 0})

    channel = Channel(name="chat", kind=kind, url="https://chat.example/hook")
    async with audit_log(tmp_path) as log:
        await log.add(event(1, ALERT, subject="audit.alerted.v1", stream="AUDIT"))
        await ChannelSender(channel, httpx.MockTransport(reply)).send(await log.leaves())
    assert "bulk_reading" in json.dumps(bodies[0])
    keys = {"feishu": "msg_type", "dingtalk": "msgtype", "wecom": "msgtype", "slack": "text", "json": "title"}
    assert keys[kind] in bodies[0]
    assert message("feishu", {"principal": "p", "at": "t", "seq": 1})["content"]["text"]


async def test_a_chat_that_refuses_in_its_body_is_tried_again(tmp_path: Path) -> None:
    channel = Channel(name="chat", kind="feishu", url="https://chat.example/hook")
    refused = httpx.MockTransport(lambda _: httpx.Response(200, json={"code": 19024, "msg": "Key Words Not Found"}))
    async with audit_log(tmp_path) as log:
        await log.add(event(1, ALERT, subject="audit.alerted.v1"))
        with pytest.raises(ConnectionError, match="19024"):
            await ChannelSender(channel, refused).send(await log.leaves())


async def test_an_alert_is_mailed(tmp_path: Path) -> None:
    got: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail\r\n")
        while line := await reader.readline():
            if line.upper().startswith(b"DATA"):
                writer.write(b"354 go\r\n")
                got.append(await reader.readuntil(b"\r\n.\r\n"))
            writer.write(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 ok\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    channel = Channel(
        name="mail", kind="smtp", host="127.0.0.1", port=port, sender="c@x.cn", to=("soc@x.cn",), starttls=False
    )
    async with audit_log(tmp_path) as log:
        await log.add(event(1, ALERT, subject="audit.alerted.v1"))
        await ChannelSender(channel).send(await log.leaves())
    server.close()
    assert b"Subject: Cloister: bulk_reading: person:eve" in got[0]


@pytest.mark.parametrize(
    "text", ["[[forward]]\nname = 'x'\nkind = 'hec'", "[[channel]]\nname = 'x'\nkind = 'fax'", "["]
)
def test_a_destination_that_is_wrong_stops_the_start_in_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / "destinations.toml"
    path.write_text(text)
    with pytest.raises(NotReady, match=r"destinations\.toml"):
        read_destinations(path)
