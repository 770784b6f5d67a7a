"""The sample company over HTTP: `python -m client.sample`. On a home that has it already, nothing changes."""

import json
import os
import secrets
import sys
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from client.connection import address, home
from client.errors import Refused, TimedOut
from client.http import Http
from shared.events import DocumentState

COMPANY = Path(__file__).resolve().parents[1] / "examples" / "company"
LONGEST_SECONDS = 900


def main() -> int:
    """As `admin`, whose password is CLOISTER_ADMIN_PASSWORD or lies in the home."""
    if not (COMPANY / "company.toml").exists():
        return _sorry(f"there is none in {COMPANY}")
    company = tomllib.loads((COMPANY / "company.toml").read_text(encoding="utf-8"))
    try:
        with Http(address()) as http:
            http.login("admin", _admin_password())
            load(http, company)
    except Refused as refused:
        return _sorry(refused.error)
    except KeyboardInterrupt:
        return 130
    return 0


def load(http: Http, company: dict[str, Any]) -> None:
    """Workspaces, people and grants, then the documents, each told when it can be found."""
    for workspace in company["workspaces"]:
        _make(http, "workspace", **workspace)
    passwords = _people(http, company["people"])
    for grant in company["grants"]:
        http.make("grant", **grant)
    files = [(space["name"], path) for space in company["workspaces"] for path in papers(space["name"])]
    print(f"Loading the sample company {company['name']}: {len(files)} documents, about a minute.", flush=True)
    began = time.monotonic()
    _follow(http, [http.upload(path, workspace) for workspace, path in files])
    print(f"Loaded in {time.monotonic() - began:.0f} s.\n")
    _say_people(company, passwords)
    _say_next(http.url, company["tries"])


def papers(workspace: str) -> list[Path]:
    """A workspace's files."""
    return sorted(path for path in (COMPANY / workspace).iterdir() if path.is_file())


def _make(http: Http, kind: Any, **fields: Any) -> bool:
    """False when the name was taken before."""
    try:
        http.make(kind, **fields)
    except Refused as refused:
        if refused.status != 409:
            raise
        return False
    return True


def _people(http: Http, people: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Everybody's password, made here and kept in the home before it is needed."""
    known = {user["username"] for user in http.every("user")}
    passwords = _kept()
    for person in people:
        name = person["username"]
        if name in known:
            continue
        passwords.setdefault(name, secrets.token_urlsafe(9))
        _keep(passwords)
        if not _make(http, "user", password=passwords[name], **person):
            del passwords[name]
    _keep(passwords)
    return passwords


def _follow(http: Http, sent: Sequence[DocumentState]) -> None:
    """A line for each document as soon as it is indexed or rejected."""
    waiting = {state.document_id for state in sent}
    until, done = time.monotonic() + LONGEST_SECONDS, 0
    while waiting:
        for state in [state for state in http.documents() if state.document_id in waiting]:
            if state.status in ("indexed", "rejected"):
                waiting.remove(state.document_id)
                done += 1
                told = f"{state.chunks} pieces" if state.status == "indexed" else f"rejected: {state.reason}"
                print(f"  {done:>2}/{len(sent)}  {state.workspace:<11} {state.title}  ({told})", flush=True)
        if waiting and time.monotonic() > until:
            raise TimedOut(f"{len(waiting)} documents still wait after {LONGEST_SECONDS} s; they go on by themselves.")
        time.sleep(0.3 if waiting else 0)


def _say_people(company: dict[str, Any], passwords: dict[str, str]) -> None:
    print(f"People and their passwords (also in {_path()}):")
    for person in company["people"]:
        belongs = ", ".join([*person.get("groups", []), *person.get("roles", [])])
        print(f"  {person['username']:<6} {passwords.get(person['username'], '(as it was)'):<14} {belongs}")


def _say_next(url: str, tries: Sequence[dict[str, str]]) -> None:
    where = "" if url == "http://127.0.0.1:8000" else f"export CLOISTER_URL={url}; "
    program = Path(sys.executable).with_name("cloister")
    name = os.path.relpath(program) if program.exists() else "cloister"
    print("\nTry next, in another terminal:")
    for tried in tries:
        print(f"  {where}{name} login {tried['username']} && {name} ask -w {tried['workspace']} '{tried['question']}'")
    print(f"or open {url} in a browser.", flush=True)


def _path() -> Path:
    return home() / "sample-passwords.json"


def _kept() -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(_path().read_text())
    except FileNotFoundError:
        return {}
    return found


def _keep(passwords: dict[str, str]) -> None:
    new = _path().with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(passwords, file, indent=1)
    new.replace(_path())


def _admin_password() -> str:
    named = os.environ.get("CLOISTER_ADMIN_PASSWORD_FILE")
    if given := os.environ.get("CLOISTER_ADMIN_PASSWORD", ""):
        return given
    path = Path(named) if named else home() / "admin-password"
    if not path.exists():
        raise Refused("unauthenticated", "Set CLOISTER_ADMIN_PASSWORD, and run `python -m client.sample`.", 401)
    return path.read_text().strip()


def _sorry(why: str) -> int:
    print(f"The sample company was not loaded: {why}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
