"""A stand-in for a model and an embedder behind OpenAI's API, the same for every product that is measured."""

import json
import re
import time
from array import array
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.services.support.word_embedder import WordModel

PACE = 0.01  # seconds between two words
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n{2,}")
# How a product numbers what it found: `[2] title` or `<source id="2" …>`.
NUMBER = re.compile(r'^\[(\d+)\] |<source id="(\d+)"', re.MULTILINE)
NOTHING = "The passages do not say it."


def answer(prompt: str, fact: str) -> str:
    """The first sentence of the prompt that holds the fact, with the number of its passage where it has one."""
    if '"queries"' in prompt:  # asked what to search for: nothing beside the question
        return '{"queries": []}'
    found = re.search(r"\s+".join(map(re.escape, fact.split())), prompt)  # lines break where they did on the page
    if not found:
        return NOTHING
    at = found.start()
    begins = [match.end() for match in SENTENCE.finditer(prompt, 0, at)]
    ends = SENTENCE.search(prompt, at)
    said = " ".join(prompt[begins[-1] if begins else 0 : ends.start() if ends else len(prompt)].split())
    numbers = [first or second for first, second in NUMBER.findall(prompt[:at])]
    return f"{said.rstrip('.')} [{numbers[-1] if numbers else 1}]."


@contextmanager
def stand_in(fact: str) -> Iterator[str]:
    """Its URL, with `/v1`; it knows the passage that it reads out by a fact in it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"fact": fact}))
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    fact = ""
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._json({"object": "list", "data": [{"id": name, "object": "model"} for name in ("reader", "words")]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path.endswith("/embeddings"):
            texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
            vectors = [_written(vector, body) for vector in WordModel().passages([str(text) for text in texts])]
            rows = [{"object": "embedding", "index": n, "embedding": vector} for n, vector in enumerate(vectors)]
            return self._json({"object": "list", "model": "words", "data": rows, "usage": _USED})
        prompt = "\n\n".join(_text(message["content"]) for message in body["messages"])
        said = answer(prompt, self.fact)
        if body.get("stream"):
            with suppress(ConnectionError):  # whoever asked may have lost the right to the answer
                self._stream(said)
            return None
        message = {"role": "assistant", "content": said}
        self._json(_chunk() | {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": _USED})

    def _json(self, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, said: str) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for word in re.findall(r"\S+\s*", said):
            self._event(_chunk() | {"choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]})
            time.sleep(PACE)
        self._event(_chunk() | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": _USED})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, body: dict[str, Any]) -> None:
        self.wfile.write(f"data: {json.dumps(body)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


_USED = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


def _chunk() -> dict[str, Any]:
    return {"id": "said", "object": "chat.completion.chunk", "created": 0, "model": "reader"}


def _written(vector: list[float], body: dict[str, Any]) -> list[float] | str:
    """As numbers, or in the form that OpenAI's own clients ask for."""
    return b64encode(array("f", vector).tobytes()).decode() if body.get("encoding_format") == "base64" else vector


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "\n\n".join(part.get("text", "") for part in content)
