"""Cloister is killed while the command line exports or uploads: nothing is lost, and the sentence says what to do."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from client.audit.downloads import export_pages, opened_output
from client.sdk import patience
from client.sdk.errors import Refused, Unreachable
from client.sdk.patience import through_restarts
from client.sdk.transport import HttpTransport

AWAY = Unreachable("http://127.0.0.1:1 cannot be reached. Start it with `cloister up`, or check the URL.")


class Restarting(HttpTransport):
    """Each page is what `replies` has next; what is an error is raised."""

    def __init__(self, *replies: Refused | tuple[bytes, int]) -> None:
        self.replies, self.asked = iter(replies), list[int]()

    def reply(self, method: str, path: str, **given: Any) -> httpx.Response:
        self.asked.append(given["params"]["after"])
        found = next(self.replies)
        if isinstance(found, Refused):
            raise found
        return httpx.Response(200, content=found[0], headers={"cloister-next": str(found[1])})


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience.time, "sleep", lambda _: None)


def test_an_export_goes_on_where_it_was_when_cloister_is_back() -> None:
    http = Restarting((b"one", 1), AWAY, AWAY, (b"two", 2), (b"", 2))
    assert list(export_pages(http, "ocsf", 0, {})) == [b"one\n", b"two\n"]
    assert http.asked == [0, 1, 1, 1, 2]


def test_a_wrong_address_is_told_at_once() -> None:
    with pytest.raises(Refused, match="cannot be reached"):
        list(export_pages(Restarting(AWAY), "ocsf", 0, {}))


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.zst"])
def test_an_export_that_fails_leaves_the_file_of_before_and_says_what_to_do(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"of before")
    with pytest.raises(Refused) as failed:
        _half(path)
    assert f"Nothing was written to {path}: run the command again." in failed.value.error
    assert failed.value.reason == "unreachable"
    assert [one.name for one in tmp_path.iterdir()] == [name]
    assert path.read_bytes() == b"of before"
    with opened_output(path) as file:
        file.write(b"whole")
    assert path.read_bytes() == b"whole" or name.endswith(".zst")


def _half(path: Path) -> None:
    with opened_output(path) as file:
        file.write(b"half of it")
        raise AWAY


def test_waiting_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter((0.0, 30.0, 61.0))
    monkeypatch.setattr(patience.time, "monotonic", lambda: next(moments))

    def away() -> None:
        raise AWAY

    with pytest.raises(Refused, match="cannot be reached"):
        through_restarts(away)
