"""`cloister login --company` against a real Keycloak: the code is confirmed in a browser, and the token is renewed."""

import html
import json
import os
import re
import subprocess
import sys
import time
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.servers.keycloak import PASSWORD, Keycloak
from tests.support.company import Company

pytestmark = pytest.mark.keycloak
CLOISTER = Path(sys.executable).with_name("cloister")


@pytest.fixture(scope="module")
def realm(federated: tuple[Company, Keycloak]) -> Keycloak:
    return federated[1]


@pytest.fixture(scope="module")
def company(federated: tuple[Company, Keycloak]) -> Company:
    return federated[0]


def environment(company: Company, config: Path) -> dict[str, str]:
    return os.environ | {"CLOISTER_URL": company.system.base, "XDG_CONFIG_HOME": str(config), "CLOISTER_TOKEN": ""}


def me(company: Company, config: Path) -> dict[str, Any]:
    done = subprocess.run(
        [CLOISTER, "doctor", "--json"], env=environment(company, config), capture_output=True, text=True, check=False
    )
    (found,) = [finding for finding in json.loads(done.stdout) if finding["what"] == "sign-in"]
    return dict(found)


def confirm(address: str, name: str) -> None:
    """What a person does: open the address, sign in, and say yes."""
    kept: dict[str, str] = {}
    page = visit(kept, "GET", address)
    for fields in ({"username": name, "password": PASSWORD}, {"accept": "Yes"}):
        action = re.search(r'action="([^"]+)"', page.text)
        assert action, page.text[:1000]
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        page = visit(kept, "POST", str(page.url.join(html.unescape(action[1]))), hidden | fields)
    assert page.status_code == 200


def visit(kept: dict[str, str], method: str, url: str, form: dict[str, str] | None = None) -> httpx.Response:
    """Follows redirects, with the cookies that a browser would send to loopback."""
    while True:
        head = {"Cookie": "; ".join(f"{name}={value}" for name, value in kept.items())}
        reply = httpx.request(method, url, data=form, headers=head, timeout=30)
        for line in reply.headers.get_list("set-cookie"):
            kept |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        if not reply.is_redirect:
            return reply
        method, url, form = "GET", str(reply.next_request.url if reply.next_request else ""), None


def test_a_code_confirmed_in_a_browser_signs_the_terminal_in_and_is_renewed(
    company: Company, realm: Keycloak, tmp_path: Path
) -> None:
    with realm.admin() as keycloak:
        keycloak.put("", json={"realm": realm.name, "accessTokenLifespan": 31}).raise_for_status()
    command = [CLOISTER, "login", "--company"]
    with subprocess.Popen(
        command, env=environment(company, tmp_path), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as signing_in:
        assert signing_in.stderr is not None
        line = signing_in.stderr.readline()
        found = re.search(r"Open (\S+) in a browser", line)
        assert found, line
        confirm(found[1], "alice")
        assert signing_in.wait(30) == 0
    assert "person:alice" in me(company, tmp_path)["seen"]
    first = json.loads((tmp_path / "cloister" / "token.json").read_text())[company.system.base]["token"]
    time.sleep(2)  # the token has less than half a minute left by now, and is renewed before it is used
    assert "person:alice" in me(company, tmp_path)["seen"]
    second = json.loads((tmp_path / "cloister" / "token.json").read_text())[company.system.base]["token"]
    assert second != first
    with realm.admin() as keycloak:
        keycloak.put("", json={"realm": realm.name, "accessTokenLifespan": 300}).raise_for_status()


def test_where_there_are_local_accounts_alone_the_command_says_so(cloister: Company, tmp_path: Path) -> None:
    done = subprocess.run(
        [CLOISTER, "login"], env=environment(cloister, tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "only local accounts" in done.stderr
