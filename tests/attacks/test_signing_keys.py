"""The key that signs rights is changed while people ask: no question is refused, and a retired key opens nothing."""

import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.nats.keys import create_keys
from infra.signing_key import prepare, retire, use
from shared.errors import Refused
from shared.events import Principal
from shared.security.capability import Right, sign
from shared.security.keyring import Keyring, SigningKey
from shared.security.rights import Rights
from tests.support.company import Company, raw

ALICE = Principal(id="person:alice", name="alice")


def capability(key: SigningKey) -> str:
    until = datetime.now(UTC) + timedelta(minutes=1)
    right = Right(principal=ALICE, workspaces=("hr",), actions=("ask",), query="q", expires_at=until)
    return sign(right, key.key)


def test_a_right_holds_through_each_step_and_not_after_the_last(tmp_path: Path) -> None:
    create_keys(tmp_path)
    rights, key = Rights(Keyring(tmp_path / "auth.pub")), SigningKey(tmp_path / "auth.key")
    first = capability(key)
    assert rights.check(first, query="q", action="ask").principal == ALICE
    prepare(tmp_path)
    assert capability(key).split(".")[0] == first.split(".")[0], "the next key is known before it signs"
    use(tmp_path)
    second = capability(key)
    assert second.split(".")[0] != first.split(".")[0]
    for one in (first, second):
        assert rights.check(one, query="q", action="ask").workspaces == ("hr",)
    retire(tmp_path)
    fresh = Rights(Keyring(tmp_path / "auth.pub"))
    assert fresh.check(second, query="q", action="ask").query == "q"
    with pytest.raises(Refused, match="not valid"):
        fresh.check(first, query="q", action="ask")


def test_no_question_is_refused_while_the_key_changes(cloister: Company) -> None:
    workspace = cloister.workspace("rotation")
    cloister.paper(workspace, "gate.md", "The northern gate closes at nine in the evening.")
    eve = cloister.person("eve", workspace)
    done, replies = threading.Event(), list[int]()

    def ask() -> None:
        while not done.is_set():
            body = {"question": "When does the northern gate close?", "workspace": workspace}
            replies.append(raw(eve, "POST", "/api/chat", json=body).status_code)

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for thread in asking:
        thread.start()
    home = {"CLOISTER_HOME": str(cloister.system.home)}
    for _ in range(2):
        Company.until(lambda seen=len(replies): len(replies) > seen + 3)
        command = [sys.executable, "-m", "infra.signing_key", "rotate"]
        subprocess.run(command, env=os.environ | home, check=True, capture_output=True)
    Company.until(lambda seen=len(replies): len(replies) > seen + 6)
    done.set()
    for thread in asking:
        thread.join()
    assert set(replies) == {200}
    assert eve.me()["kind"] == "person", "who signed in under the first key is still signed in"
