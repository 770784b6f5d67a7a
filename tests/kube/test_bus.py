"""The bus of every kind of installation: our accounts, room for every stream, a disk write before it acknowledges."""

import re
import subprocess
from pathlib import Path

import pytest

from infra.nats.keys import make
from infra.nats.server import binary
from infra.secrets import contents
from shared.events.bus_version import too_old
from shared.streams.streams import MB, OBJECTS, STREAMS
from tests.kube.charts import size, values
from tests.kube.rendering import ROOT, of_kind, overlay

SINGLE = ("k8s/overlays/dev/nats.conf", "infra/nats/compose.conf")


def test_the_bus_is_three_nodes_that_write_before_they_acknowledge() -> None:
    config = values("nats")["config"]
    assert config["cluster"] == {"enabled": True, "replicas": 3}
    assert config["jetstream"]["merge"] == {"sync_interval": "always"}
    assert config["monitor"]["enabled"] is True
    data = next(each["data"] for each in of_kind(overlay("gpu"), "ConfigMap"))
    assert data["CLOISTER_STREAM_REPLICAS"] == str(config["cluster"]["replicas"])
    (spread,) = values("nats")["podTemplate"]["topologySpreadConstraints"].items()
    assert spread == ("kubernetes.io/hostname", {"maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"})
    assert values("nats")["podDisruptionBudget"] == {"enabled": True, "merge": {"spec": {"maxUnavailable": 1}}}


def test_the_bus_has_the_accounts_and_room_for_every_stream() -> None:
    nats = values("nats")
    (mount,), (volume,) = nats["container"]["patch"], nats["podTemplate"]["patch"]
    assert mount["value"] == {"name": volume["value"]["name"], "mountPath": "/etc/nats-accounts", "readOnly": True}
    assert volume["value"]["secret"] == {"secretName": "nats-accounts", "defaultMode": 0o440}
    assert nats["config"]["merge"]["$include"] == "../nats-accounts/accounts.conf"
    tls = nats["config"]["merge"]["tls"]
    assert {tls["cert_file"], tls["key_file"]} == {"/etc/nats-accounts/tls.crt", "/etc/nats-accounts/tls.key"}
    claimed = sum(each.bytes for each in (*STREAMS, OBJECTS)) + 16_384 * MB  # and the security team's mirror
    files = nats["config"]["jetstream"]["fileStore"]
    assert claimed <= size(files["maxSize"]) < size(files["pvc"]["size"])


@pytest.mark.parametrize("place", SINGLE)
def test_a_single_bus_is_configured_likewise(place: str) -> None:
    said = (ROOT / place).read_text()
    assert "sync_interval: always" in said
    assert "include ../nats-accounts/accounts.conf" in said
    assert "tls { cert_file: /etc/nats-accounts/tls.crt, key_file: /etc/nats-accounts/tls.key" in said
    (room,) = re.findall(r"max_file_store: (\w+)", said)
    assert size(room) >= sum(each.bytes for each in (*STREAMS, OBJECTS)) + 16_384 * MB
    assert "port: 4222" in said
    assert "8222" in said


@pytest.mark.parametrize("place", SINGLE)
def test_a_real_server_takes_the_configuration_of_a_single_bus(place: str, tmp_path: Path) -> None:
    make(tmp_path / "keys")
    accounts = contents(tmp_path / "keys", "postgres:5432/cloister")["nats-accounts"]
    said = (ROOT / place).read_text().replace("/etc/nats-accounts", str(tmp_path / "nats-accounts"))
    for folder, files in (("nats-accounts", accounts), ("nats-config", {"nats.conf": said})):
        (tmp_path / folder).mkdir()
        for name, text in files.items():
            (tmp_path / folder / name).write_text(text)
    command = [binary(), "-t", "--config", tmp_path / "nats-config/nats.conf"]
    done = subprocess.run(command, env={"POD_NAME": "nats-0"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_version_of_the_bus_is_one_that_cloister_takes() -> None:
    tag = values("nats")["container"]["image"]["tag"]
    assert not too_old(tag)
