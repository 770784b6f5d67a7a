"""A secret is seen by the process that needs it, and by no log."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import nats
import pytest
from nats.errors import Error

from bench.system import PASSWORD, System, system
from tests.support.company import STAND_INS, Company

TYPED = ("hunter7 in the wrong field", 'with "quotes" and \\ before hunter7', "ck_hunter7")


@pytest.fixture(scope="module")
def each() -> Iterator[System]:
    """A process for each service."""
    with system(each=True, **STAND_INS) as found:
        yield found


def processes(home: Path) -> dict[str, str]:
    """The environment of each process, as the kernel shows it."""
    running = {path.stem: Path(f"/proc/{path.read_text()}/environ") for path in (home / "run").glob("*.pid")}
    return {name: environ.read_bytes().decode(errors="replace") for name, environ in running.items()}


def test_only_auth_has_the_administrator_s_password(each: System) -> None:
    found = processes(each.home)
    assert {"nats", "auth", "gateway", "ingestion", "inference"} <= found.keys()
    assert [name for name, environ in found.items() if PASSWORD in environ] == ["auth"]


def test_the_bus_sees_no_setting_of_ours(each: System) -> None:
    assert "CLOISTER_" not in processes(each.home)["nats"]


def test_the_bus_has_no_door_for_monitoring(each: System) -> None:
    (pid,) = ((each.home / "run" / "nats.pid").read_text(),)
    sockets = set[str]()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            sockets.add(str(link.readlink()))
    rows = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    listening = {int(row[1].split(":")[1], 16) for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in sockets}
    assert listening == {urlsplit(each.nats_url).port}


@pytest.mark.parametrize("typed", TYPED)
async def test_what_is_typed_as_a_name_at_the_bus_is_in_no_log(cloister: Company, typed: str) -> None:
    for user in ({"user": typed, "password": "guess"}, {"token": typed}):
        with pytest.raises(Error):
            await nats.connect(cloister.system.nats_url, allow_reconnect=False, **user)
    logs = [path for path in cloister.system.home.rglob("*") if path.suffix in (".jsonl", ".log")]
    assert any("authentication error" in path.read_text(errors="replace") for path in logs), "it is told all the same"
    for path in logs:
        assert "hunter7" not in path.read_text(errors="replace")
