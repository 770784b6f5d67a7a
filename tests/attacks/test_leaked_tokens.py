"""A token or password that leaked is good for nothing once its owner says so, and none is easily guessed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from client import Http, Refused
from infra.nats.server import free_port
from tests.support.company import PASSWORD, Company, raw

ROOT = Path(__file__).parents[2]
OTHER = "quite another long password"


def holds(token: str, cloister: Company) -> bool:
    """Is the token good for anything at all?"""
    caller = Http(cloister.system.base, token)
    said = {raw(caller, "GET", path).status_code for path in ("/api/me", "/api/documents", "/v1/models", "/api/users")}
    asked = raw(caller, "POST", "/api/chat", json={"question": "What is the hotel limit?"}).status_code
    return said | {asked} != {401}


def again(cloister: Company, person: Http, password: str = PASSWORD) -> Http:
    """Signed in once more, elsewhere."""
    other = Http(cloister.system.base)
    other.login(str(person.me()["name"]), password)
    return other


def test_signing_out_ends_the_token_at_the_server_and_leaves_the_others(cloister: Company) -> None:
    here = cloister.person("alice")
    elsewhere, leaked = again(cloister, here), here.token
    assert here.logout()["signed_out"]
    assert not holds(leaked, cloister)
    assert holds(elsewhere.token, cloister)


def test_signing_out_everywhere_ends_every_token(cloister: Company) -> None:
    here = cloister.person("alice")
    tokens = [here.token, again(cloister, here).token, again(cloister, here).token]
    name = here.me()["name"]
    here.logout(everywhere=True)
    assert [holds(token, cloister) for token in tokens] == [False, False, False]
    anew = Http(cloister.system.base)
    anew.login(name, PASSWORD)
    assert holds(anew.token, cloister)


def test_another_password_ends_every_token_and_the_old_password(cloister: Company) -> None:
    here = cloister.person("alice")
    leaked, elsewhere, name = here.token, again(cloister, here).token, here.me()["name"]
    here.set_password(OTHER, PASSWORD)
    assert holds(here.token, cloister), "who set it goes on with a new token"
    assert not holds(leaked, cloister)
    assert not holds(elsewhere, cloister)
    with pytest.raises(Refused, match="wrong"):
        Http(cloister.system.base).login(name, PASSWORD)
    assert Http(cloister.system.base).login(name, OTHER)


def test_a_leaked_token_alone_sets_no_password(cloister: Company) -> None:
    alice = cloister.person("alice")
    for current in ("", "guess", OTHER):
        with pytest.raises(Refused) as refused:
            Http(cloister.system.base, alice.token).set_password(OTHER, current)
        assert refused.value.status == 401
    assert again(cloister, alice)


def test_guessing_the_current_password_slows_down_as_signing_in_does(cloister: Company) -> None:
    alice = cloister.person("alice")
    said = [raw(alice, "POST", "/api/me/password", json={"current": f"{n}", "password": OTHER}) for n in range(7)]
    assert said[-1].status_code == 429


def test_an_administrator_helps_who_has_forgotten_and_nobody_else_does(cloister: Company) -> None:
    alice, bob = cloister.person("alice"), cloister.person("bob")
    name, leaked = alice.me()["name"], alice.token
    for path, body in ((f"/api/users/{name}/password", {"password": OTHER}), (f"/api/users/{name}/logout", None)):
        assert raw(bob, "POST", path, json=body).status_code == 403
    cloister.admin.set_password(OTHER, username=name)
    assert not holds(leaked, cloister)
    assert Http(cloister.system.base).login(name, OTHER)
    cloister.admin.logout(username=name)


def test_a_business_system_has_no_password_and_no_sign_in(cloister: Company) -> None:
    erp = Http(cloister.system.base, cloister.app("erp", cloister.workspace("finance"))["key"])
    assert raw(erp, "POST", "/api/me/password", json={"current": "a", "password": OTHER}).status_code == 403
    assert raw(erp, "POST", "/api/logout", json={"everywhere": True}).status_code == 403
    assert holds(erp.token, cloister)


@pytest.mark.parametrize(
    "weak",
    [
        "pass1234", "password1234", "passwordpassword", "123456789012", "qwertyuiop12", "aaaaaaaaaaaa", "iloveyou1234",
        "Summer2025", "Cloister2026", "zxcvbnm,./123", "密码密码密码密码", "admin123456789", "letmein123456",
    ],
)  # fmt: skip
def test_a_password_that_everybody_guesses_is_refused_with_a_remedy(cloister: Company, weak: str) -> None:
    made = raw(cloister.admin, "POST", "/api/users", json={"username": "weak", "password": weak})
    alice = cloister.person("alice")
    own = raw(alice, "POST", "/api/me/password", json={"current": PASSWORD, "password": weak})
    for reply in (made, own):
        assert (reply.status_code, reply.json()["reason"]) == (422, "weak_password")
        assert "12 characters" in reply.json()["error"]
        assert weak not in reply.text


def test_one_s_own_name_is_no_password(cloister: Company) -> None:
    body = {"username": "wolfeschlegelstein", "password": "wolfeschlegelstein1"}
    assert raw(cloister.admin, "POST", "/api/users", json=body).json()["reason"] == "weak_password"


def test_a_weak_first_password_stops_the_start_and_is_not_shown(tmp_path: Path) -> None:
    environment = os.environ | {
        "CLOISTER_HOME": str(tmp_path), "CLOISTER_ADMIN_PASSWORD": "password1234", "CLOISTER_SAMPLE": "0",
        "CLOISTER_HTTP_PORT": str(free_port()), "CLOISTER_NATS_PORT": str(free_port()),
    }  # fmt: skip
    command = [sys.executable, "-m", "infra.supervisor"]
    started = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=90, check=False
    )
    assert started.returncode == 78
    assert "CLOISTER_ADMIN_PASSWORD" in started.stderr
    assert "password1234" not in started.stdout + started.stderr


def test_the_command_line_sets_passwords_and_signs_out_at_the_server(cloister: Company, tmp_path: Path) -> None:
    alice = cloister.person("alice")
    name = alice.me()["name"]
    environment = os.environ | {"CLOISTER_URL": cloister.system.base, "XDG_CONFIG_HOME": str(tmp_path)}

    def run(typed: str, *words: str) -> str:
        command = [sys.executable, "-m", "client.cli.main", *words]
        done = subprocess.run(
            command, input=typed, env=environment, cwd=ROOT, capture_output=True, text=True, check=True
        )
        return done.stdout

    run(f"{PASSWORD}\n", "login", name)
    assert "a new password" in run(f"{PASSWORD}\n{OTHER}\n", "users", "password", name)
    assert not holds(alice.token, cloister)
    assert name in run("", "users", "list"), "the new token was kept"
    elsewhere = Http(cloister.system.base)
    elsewhere.login(name, OTHER)
    assert "everywhere" in run("", "logout", "--everywhere")
    assert not holds(elsewhere.token, cloister)


def test_every_act_is_on_record(cloister: Company) -> None:
    alice = cloister.person("alice")
    who = alice.me()["id"]
    alice.set_password(OTHER, PASSWORD)
    alice.logout(everywhere=True)
    assert cloister.until(
        lambda: len([row for row in cloister.admin.audit_records(about=who) if row.principal == who]) == 2
    )
