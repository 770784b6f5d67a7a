"""The HTTP client: what goes out, what comes back, and what a refusal looks like."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from client import AsyncHttp, Http, Refused, Unreachable
from client.sdk.errors import TimedOut
from client.sdk.transport import parse_events
from tests.support.http_stub import HttpStub, events, stub  # noqa: F401

ANSWER = {
    "answer": "30 天 [1]",
    "query_id": "q" * 32,
    "citations": [{"n": 1, "document_id": "d", "revision": 2, "title": "手册.pdf", "page": 3, "quote": "30 天"}],
    "model": "m",
    "usage": {"prompt_tokens": 5, "completion_tokens": 2},
}  # fmt: skip
STATE = {"document_id": "d", "revision": 1, "title": "a.txt", "workspace": "finance", "status": "received"}


def test_an_answer_comes_with_its_citations(stub: HttpStub) -> None:  # noqa: F811
    stub.says("POST /api/chat", (200, ANSWER))
    with Http(stub.url, "token") as cloister:
        answer = cloister.ask("通知期？", workspace="people", key="order-42")
    assert (answer.answer, answer.citations[0].page) == ("30 天 [1]", 3)
    assert stub.bodies("POST /api/chat") == [{"question": "通知期？", "workspace": "people"}]
    headers = {name.lower(): value for name, value in stub.asked[0][2].items()}
    assert (headers["authorization"], headers["idempotency-key"]) == ("Bearer token", "order-42")


def test_a_stream_gives_words_then_the_answer(stub: HttpStub) -> None:  # noqa: F811
    stub.says("POST /api/chat", events(("token", {"text": "30"}), ("answer", ANSWER)))
    heard = list(Http(stub.url, "token").stream("?"))
    assert [event.name for event in heard] == ["token", "answer"]


def test_an_error_in_a_stream_is_raised(stub: HttpStub) -> None:  # noqa: F811
    stub.says("POST /api/chat", events(("error", {"error": "Too late.", "reason": "expired"})))
    with pytest.raises(Refused, match="Too late") as refused:
        list(Http(stub.url, "token").stream("?"))
    assert refused.value.reason == "expired"


def test_a_refusal_keeps_its_words_code_status_and_pause(stub: HttpStub) -> None:  # noqa: F811
    stub.says("GET /api/me", (503, {"error": "The queue is full.", "reason": "queue_full"}))
    with pytest.raises(Refused) as refused:
        Http(stub.url, "token").me()
    told = refused.value
    assert (told.error, told.reason, told.status, told.retry_after) == ("The queue is full.", "queue_full", 503, 0)


def test_a_stranger_behind_the_address_is_told_apart(stub: HttpStub) -> None:  # noqa: F811
    stub.says("GET /api/me", (502, {"message": "bad gateway"}))
    with pytest.raises(Refused, match="Check that it is Cloister"):
        Http(stub.url, "token").me()


def test_nobody_at_the_address_is_told_in_words() -> None:
    with pytest.raises(Unreachable, match="cloister up"):
        Http("http://127.0.0.1:1").me()


@pytest.fixture
def cut() -> Iterator[str]:
    """The address of a server whose connection ends in the middle of its reply."""

    def reply(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")

    with socket.create_server(("127.0.0.1", 0)) as server:
        replying = Thread(target=reply, args=(server,), daemon=True)
        replying.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        replying.join(5)


def test_a_reply_that_is_cut_is_told_in_words(cut: str) -> None:
    with pytest.raises(Unreachable, match="cloister up"):
        Http(cut).me()


def test_asyncio_is_told_of_an_error_in_a_stream_and_of_a_cut_reply_too(stub: HttpStub, cut: str) -> None:  # noqa: F811
    stub.says("POST /api/chat", events(("token", {"text": "30"}), ("error", {"error": "Too late.", "reason": "late"})))
    heard = list[str]()

    async def listen() -> None:
        async with AsyncHttp(stub.url, "token") as cloister:
            async for event in cloister.stream("?"):
                heard.append(event.name)

    async def read() -> None:
        async with AsyncHttp(cut) as cloister:
            await cloister.me()

    with pytest.raises(Refused, match="Too late"):
        asyncio.run(listen())
    assert heard == ["token"]
    assert stub.asked[0][2]["Authorization"] == "Bearer token"
    with pytest.raises(Unreachable, match="cloister up"):
        asyncio.run(read())


def test_a_document_is_followed_until_it_is_indexed(stub: HttpStub, tmp_path: Path) -> None:  # noqa: F811
    stub.says("POST /api/documents", (202, STATE))
    stub.says("GET /api/documents/d", (200, STATE), (200, STATE | {"status": "indexed", "chunks": 3}))
    path = tmp_path / "差旅.txt"
    path.write_text("hello")
    with Http(stub.url, "token") as cloister:
        sent = cloister.upload(path, "finance", title="差旅制度")
        assert cloister.settled(sent.document_id).chunks == 3
    assert "差旅制度".encode() in stub.asked[0][1]


def test_a_document_that_never_settles_is_given_up(stub: HttpStub) -> None:  # noqa: F811
    stub.says("GET /api/documents/d", (200, STATE))
    with pytest.raises(TimedOut, match="still received"):
        Http(stub.url, "token").settled("d", timeout=0)


def test_all_pages_of_documents_are_read(stub: HttpStub) -> None:  # noqa: F811
    page = [STATE | {"document_id": str(n)} for n in range(200)]
    stub.says("GET /api/documents", (200, {"documents": page}), (200, {"documents": page[:5]}))
    assert len(list(Http(stub.url, "token").documents("finance"))) == 205


def test_a_proxy_is_not_asked_for_this_machine() -> None:
    assert not Http("http://localhost:8000").client.trust_env
    assert Http("https://cloister.example").client.trust_env


def test_frames_take_comments_ids_and_several_data_lines() -> None:
    lines = [": still here", "", "event: token", "id: 3-ab", 'data: {"text":', 'data: "x"}', "", "data: {}", ""]
    heard = list(parse_events(lines))
    assert [(event.name, event.data) for event in heard] == [("token", {"text": "x"}), ("message", {})]
    assert heard[0].place == "3-ab"
