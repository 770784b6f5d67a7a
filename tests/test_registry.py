"""A service is one folder, one entry in the registry and one base for Kubernetes: a toy service shows it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from infra import generated

ROOT = Path(__file__).parent.parent
TOY = '''"""Counts questions."""

from shared.bus import Bus, Service
from shared.events import QueryAsked

service = Service[int]("toy")


@service.lifespan
async def run(_: Bus):
    yield 0


@service.consume(QueryAsked)
async def count(query: QueryAsked, context: int) -> None:
    """Nothing more."""
'''
ENTRY = """
# Counts questions.
[services.toy]
keys = ["auth.pub"]
consumers = [{stream = "QUERIES", subjects = ["query.asked.v1"]}]
"""
ASK = """
import json
from pathlib import Path
from infra import generated, supervisor
from infra.nats.keys import create_keys
from infra.nats.policy import permissions_of
from infra.secrets import contents
from services.__main__ import ALL
from shared.streams.consumers import consumers_of
create_keys(Path("keys"))
print(json.dumps({
    "all": ALL, "started": supervisor.SERVICES, "secret": sorted(contents(Path("keys"), "db")["cloister-toy"]),
    "consumers": [each.name for each in consumers_of("toy")], "publish": permissions_of("toy").publish,
    "compose": generated.compose(Path("infra/compose.yaml").read_text()),
    "collector": generated.collector(Path("infra/otel/collector.yaml").read_text()),
}))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with a ninth service in it."""
    place = tmp_path_factory.mktemp("project")
    for folder in ("services", "shared", "infra", "client"):
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__", "*.key", "keys"))
    (place / "services" / "toy").mkdir()
    (place / "services" / "toy" / "__init__.py").write_text(TOY)
    with (place / "shared" / "registry.toml").open("a") as registry:
        registry.write(ENTRY)
    return place


def test_a_folder_and_an_entry_make_a_service(project: Path) -> None:
    done = subprocess.run([sys.executable, "-c", ASK], cwd=project, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert "toy" in found["all"]
    assert found["started"] == found["all"]
    assert found["secret"] == ["keys/auth.pub", "keys/bus/toy.seed", "keys/ca.pem", "metrics-token"]
    assert found["consumers"] == ["toy"]
    assert "$JS.API.CONSUMER.MSG.NEXT.QUERIES.toy" in found["publish"]
    assert "failed.toy" in found["publish"]
    assert yaml.safe_load(found["compose"])["services"]["toy"]["command"] == ["toy"]
    assert "- toy:8000" in found["collector"]


def test_what_is_generated_is_current() -> None:
    for path, written in ((generated.COMPOSE, generated.compose), (generated.COLLECTOR, generated.collector)):
        assert written(path.read_text()) == path.read_text(), f"{path.name}: run `make docs`"
