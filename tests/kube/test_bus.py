"""The bus of every kind of installation: our accounts, room for every stream, a disk write before it acknowledges."""

import json
import re
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from cryptography import x509

from infra.nats.keys import create_keys
from infra.nats.server import binary, free_port
from infra.secrets import contents
from shared.events.bus_version import too_old
from shared.streams.streams import MB, OBJECTS, STREAMS
from tests.kube.charts import size, values
from tests.kube.rendering import ROOT, find, of_kind, overlay

SINGLE = ("k8s/overlays/dev/nats.conf", "infra/nats/compose.conf")


def test_the_bus_is_three_nodes_that_write_before_they_acknowledge() -> None:
    config = values("nats")["config"]
    assert (config["cluster"]["enabled"], config["cluster"]["replicas"]) == (True, 3)
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


def test_the_nodes_of_the_bus_prove_themselves_to_each_other(tmp_path: Path) -> None:
    tls = values("nats")["config"]["cluster"]["merge"]["tls"]
    assert tls.pop("verify") is True
    create_keys(tmp_path / "keys")
    given = contents(tmp_path / "keys", "postgres:5432/cloister")["nats-accounts"]
    assert {Path(path).name for path in tls.values()} == {"tls.crt", "tls.key", "ca.crt"} <= set(given)
    assert {str(Path(path).parent) for path in tls.values()} == {"/etc/nats-accounts"}
    certificate = x509.load_pem_x509_certificate(given["tls.crt"].encode())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "*.nats-headless" in names.get_values_for_type(x509.DNSName), "as the chart's routes call them"


def commands() -> dict[str, list[str]]:
    """How each kind of installation starts its bus."""
    compose = yaml.safe_load((ROOT / "infra/compose.yaml").read_text())["services"]["nats"]["entrypoint"]
    single = find(overlay("dev"), "StatefulSet", "nats")["spec"]["template"]["spec"]["containers"][0]["command"]
    return {"compose": compose, "dev": single, "helm": values("nats")["container"]["merge"]["command"]}


def test_every_bus_in_a_container_starts_with_the_same_words() -> None:
    assert len({tuple(command) for command in commands().values()}) == 1


def test_names_typed_at_a_login_are_not_in_the_log_of_a_container(tmp_path: Path) -> None:
    (shell, flag, script), port = commands()["helm"], free_port()
    conf = tmp_path / "nats.conf"
    conf.write_text(f"port: {port}\nhost: 127.0.0.1\nauthorization: {{user: a, password: b}}")
    for there, ours in {"nats-server": binary(), "/var/run/nats": tmp_path, "/etc/nats-config/nats.conf": conf}.items():
        script = script.replace(there, str(ours))
    with (tmp_path / "said").open("wb") as log:
        server = subprocess.Popen([shell, flag, script], stdout=log, stderr=log)
    try:
        refuse(port, {"user": 'hunter "two" hunter', "pass": "x"})
    finally:
        server.terminate()
        server.wait(10)
    for _ in range(100):
        if "Server Exiting" in (said := (tmp_path / "said").read_text()):
            break
        time.sleep(0.05)
    assert "Server is ready" in said
    assert "authentication error\n" in said
    assert "hunter" not in said
    assert "Server Exiting" in said, "the signal came to the server, and its last words to the log"


def refuse(port: int, login: dict[str, str]) -> None:
    for _ in range(200):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"CONNECT " + json.dumps(login).encode() + b"\r\nPING\r\n")
            said = b"".join(iter(lambda: connection.recv(4096), b""))
            assert b"Authorization Violation" in said
            return
        time.sleep(0.05)
    raise AssertionError("the server did not start")


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
    create_keys(tmp_path / "keys")
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
