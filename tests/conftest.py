"""Which tests run where, and one whole running system that the stories share."""

import gc
import os
from collections.abc import Iterator

import pytest

from bench.system import free_port, system
from services.audit.rules.rule import BUILT_IN
from tests.servers.keycloak import Keycloak, new_realm, server, settings_of
from tests.servers.keycloak_place import Place, place_of
from tests.support.company import STAND_INS, Company
from tests.support.vault import VAULT_RULE

# Modules that are read stay: a fifth of the time of collecting was spent on looking for waste among them.
gc.disable()
OPTIONAL = {"keycloak", "kube", "mariadb", "natscli", "ollama", "postgres", "rsyslog"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a server that is not everywhere; with CLOISTER_REQUIRE_REAL=1 all of it runs, or fails."""
    left_out = set() if os.environ.get("CLOISTER_REQUIRE_REAL") == "1" else OPTIONAL
    left_out |= set() if os.environ.get("CLOISTER_QDRANT_URL") else {"qdrant"}
    kept = [item for item in items if not left_out & {mark.name for mark in item.iter_markers()}]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def pytest_collection_finish() -> None:
    """The collector need not look through all tests again and again while they run."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def cloister(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """All services in one process on a real bus, with an engine and an embedder of the tests' own."""
    rules = tmp_path_factory.mktemp("rules") / "rules.toml"
    rules.write_text(BUILT_IN.read_text() + VAULT_RULE)
    with system(**STAND_INS, audit_rules=str(rules)) as running:
        yield Company(running)


@pytest.fixture(scope="session")
def keycloak() -> Iterator[Keycloak]:
    """The real one, once for the whole run; each module makes a realm of its own."""
    with server() as running:
        yield running


@pytest.fixture(scope="session")
def federated(keycloak: Keycloak) -> Iterator[tuple[Company, Keycloak]]:
    """A running system with a realm of its own, which knows its address; the modules that change little share it."""
    port = free_port()
    realm = new_realm(keycloak, f"http://127.0.0.1:{port}")
    with system(**STAND_INS, **settings_of(realm), http_port=str(port)) as running:
        yield Company(running), realm


@pytest.fixture(scope="session")
def place(keycloak: Keycloak) -> Iterator[Place]:
    """Another one, whose Keycloak can be away while the others have theirs."""
    with place_of(keycloak) as made:
        yield made
