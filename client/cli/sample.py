"""`python -m client.cli.sample` loads the sample company over HTTP. Loading it again changes nothing."""

import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from client.cli import passwords
from client.cli.credentials import address, home
from client.sdk.errors import Refused, TimedOut
from client.sdk.http import Http
from shared.events import DocumentState, visible

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
COMPANY = EXAMPLES / "company"
LONGEST_SECONDS = 900
SMALL = "\nThe built-in model is very small: trust the sources. CLOISTER_ENGINE=ollama brings a better one."
MODELS = """Before you bring documents of your own: `{name} models pull` (58 MB) fetches two embedding models, which
find more in documents of the question's own language. Later, all documents are embedded again."""


def main() -> int:
    """Load it as `admin`, on the machine that Cloister runs on."""
    os.umask(0o077)
    try:
        with Http(address()) as http:
            http.login("admin", passwords.admin_password())
            load(http, company())
    except Refused as refused:
        print(visible(f"The sample company was not loaded: {refused.error}"), file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def company() -> dict[str, Any]:
    """The company's workspaces, users, grants and example questions."""
    path = COMPANY / "company.toml"
    if not path.exists():
        raise Refused("nothing_to_do", f"There is no {path}.")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def load(http: Http, company: dict[str, Any]) -> None:
    """Create workspaces, users and grants, and upload the documents; prints each when it is indexed."""
    for workspace in company["workspaces"]:
        with _unless_exists():
            http.make("workspace", **workspace)
    known = {user["username"] for user in http.every("user")}
    from_company = "company" in http.sign_in_ways()  # then the users come from the issuer
    for person in company["people"]:
        if person["username"] not in known and not from_company:
            with _unless_exists(), passwords.created(person["username"]) as password:
                http.make("user", password=password, **person)
    for grant in company["grants"]:
        http.make("grant", **grant)
    add_starting_points(http, company)
    add_erp()
    _documents(http, company)
    _print_people(company)
    _print_next_steps(http.url, company["tries"], from_company)


def add_starting_points(http: Http, company: dict[str, Any]) -> None:
    """Suggest the sample questions on the page, unless there are suggestions."""
    if http.call("GET", "/api/starting-points")["starting_points"]:
        return
    for one in company["tries"]:
        http.call("POST", "/api/starting-points", json={name: one[name] for name in ("workspace", "question")})


def add_erp() -> None:
    """Create the sample ERP database and `connectors.toml` in the home, unless they exist."""
    declared = home() / "connectors.toml"
    if declared.exists() or not home().is_dir():
        return
    made = [sys.executable, "-m", "examples.erp.build", str((home() / "erp.db").absolute())]
    if subprocess.run(made, cwd=EXAMPLES.parent, check=False).returncode == 0:
        shutil.copyfile(EXAMPLES / "erp" / "connectors.toml", declared)


@contextmanager
def _unless_exists() -> Iterator[None]:
    """Ignore that a name exists, or existed."""
    try:
        yield
    except Refused as refused:
        if refused.status != 409:
            raise


def _documents(http: Http, company: dict[str, Any]) -> None:
    names = [workspace["name"] for workspace in company["workspaces"]]
    files = [(name, path) for name in names for path in sorted((COMPANY / name).iterdir())]
    print(f"\nLoading the sample company {company['name']}: {len(files)} documents, up to a minute.", flush=True)
    began = time.monotonic()
    _follow(http, [http.upload(path, workspace) for workspace, path in files])
    print(f"Loaded in {time.monotonic() - began:.0f} s.\n", flush=True)


def _follow(http: Http, sent: Sequence[DocumentState]) -> None:
    """Print each document once it is indexed or rejected."""
    waiting = {state.document_id for state in sent}
    until = time.monotonic() + LONGEST_SECONDS
    while True:
        for state in list(http.documents()):
            if state.document_id in waiting and state.status in ("indexed", "rejected"):
                waiting.remove(state.document_id)
                pieces = f"{state.chunks} piece{'s' if state.chunks != 1 else ''}"
                outcome = pieces if state.status == "indexed" else f"rejected: {state.reason}"
                place = f"{len(sent) - len(waiting):>2}/{len(sent)}"
                print(visible(f"  {place}  {state.workspace:<11} {state.title}  ({outcome})"), flush=True)
        if not waiting:
            return
        if time.monotonic() > until:
            raise TimedOut(
                f"{len(waiting)} documents are still waiting after {LONGEST_SECONDS} s; processing continues."
            )
        time.sleep(0.3)


def _print_people(company: dict[str, Any]) -> None:
    stored = passwords.stored()
    print(f"People and their passwords (also in {passwords.passwords_file()}):")
    for person in company["people"]:
        belongs = ", ".join([*person.get("groups", []), *person.get("roles", [])])
        print(f"  {person['username']:<6} {stored.get(person['username'], '(as it was)'):<14} {belongs}")


def _print_next_steps(url: str, examples: Sequence[dict[str, str]], company: bool) -> None:
    program = Path(sys.executable).with_name("cloister")
    name = os.path.relpath(program) if program.exists() else "cloister"
    print("\nTry next, in another terminal:")
    if url != "http://127.0.0.1:8000":
        print(f"  export CLOISTER_URL={url}")
    for example in examples:
        login = f"login --company  # as {example['username']}\n " if company else f"login {example['username']} &&"
        print(f"  {name} {login} {name} ask -w {example['workspace']} '{example['question']}'")
    small = os.environ.get("CLOISTER_ENGINE", "embedded") == "embedded"
    print(f"or open {url} in a browser.{SMALL if small else ''}", flush=True)
    if os.environ.get("CLOISTER_EMBEDDER", "auto") == "auto" and not (home() / "models").exists():
        print(MODELS.format(name=name), flush=True)


if __name__ == "__main__":
    sys.exit(main())
