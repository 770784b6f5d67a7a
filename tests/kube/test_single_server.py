"""What runs beside Cloister on one server: each is told what the others expect of it."""

import os
import re
import socket
import subprocess
import threading
from typing import Any
from urllib.parse import urlsplit

import yaml

from tests.kube.rendering import ROOT, SERVICES
from tests.kube.test_compose import PARTS

INFRA = ROOT / "infra"
COLLECTOR: dict[str, Any] = yaml.safe_load((INFRA / "otel/collector.yaml").read_text())


def told(name: str) -> dict[str, str]:
    found: dict[str, str] = PARTS[name]["environment"]
    return found


def mounts(name: str) -> dict[str, str]:
    """What is mounted where in its container."""
    return {words[1]: words[0] for words in (volume.split(":") for volume in PARTS[name]["volumes"])}


def test_addresses_lead_to_a_neighbour_on_a_port_that_it_has() -> None:
    ports = {"nats": 4222, "qdrant": 6333, "otel": 4318, "ollama": 11434, "postgres": 5432}
    ports |= {"keycloak": 8080}
    outside = {"CLOISTER_ISSUER", "CLOISTER_PUBLIC_URL"}  # as people's browsers know them
    for name in (*SERVICES, "provision"):
        for setting, value in told(name).items():
            url = urlsplit(value.rpartition("@")[2])
            if url.scheme and "://" in value and setting not in outside:
                assert ports[str(url.hostname)] == url.port, setting
                shared = set(PARTS[name]["networks"]) & set(PARTS[str(url.hostname)]["networks"])
                assert shared or (name, url.hostname) == ("provision", "otel"), setting
    assert told("retrieval")["CLOISTER_VECTORS"] == "http://qdrant:6333"
    assert told("keycloak")["KC_DB_URL"] == "jdbc:postgresql://postgres:5432/keycloak"


def test_ollama_writes_as_many_answers_as_inference_asks_for_and_keeps_both_models() -> None:
    ollama = told("ollama")
    assert ollama["OLLAMA_NUM_PARALLEL"] == told("inference")["CLOISTER_INFERENCE_SLOTS"] == "4"
    assert ollama["OLLAMA_MAX_LOADED_MODELS"] == "2"
    assert ollama["OLLAMA_KEEP_ALIVE"] == "-1"
    assert ollama["OLLAMA_NO_CLOUD"] == ollama["OLLAMA_NOPRUNE"] == "1"
    (gpu,) = PARTS["ollama"]["deploy"]["resources"]["reservations"]["devices"]
    assert (gpu["driver"], gpu["count"], gpu["capabilities"]) == ("nvidia", "all", ["gpu"])


def test_the_models_that_are_fetched_are_those_that_are_asked_for() -> None:
    models = told("models")["CLOISTER_MODELS"].split()
    assert told("inference")["CLOISTER_MODEL"] == models[0]
    assert told("retrieval")["CLOISTER_EMBEDDER"] == f"ollama:{models[1]}@http://ollama:11434"
    assert mounts("models") == {"/models": "models", "/fetch.sh": "./ollama/fetch.sh"}
    assert mounts("ollama") == {told("ollama")["OLLAMA_MODELS"]: "models"}
    assert PARTS["models"]["profiles"] == ["models"], "it runs when it is called by name"
    script = (INFRA / "ollama/fetch.sh").read_text()
    assert 'for model in $CLOISTER_MODELS; do ollama pull "$model"; done' in script


def test_the_bus_reads_our_accounts_and_asks_itself_how_it_is() -> None:
    assert "nats-server --config /etc/nats-config/nats.conf" in PARTS["nats"]["entrypoint"][-1]
    assert PARTS["nats"]["tmpfs"] == ["/var/run/nats"], "where the log passes through"
    said = (INFRA / "nats/compose.conf").read_text()
    assert mounts("nats") == {
        "/etc/nats-config/nats.conf": "./nats/compose.conf", "/etc/nats-accounts": "./secrets/nats-accounts",
        "/data": "nats",
    }  # fmt: skip
    assert "store_dir: /data" in said
    assert "http: 127.0.0.1:8222" in said, "the monitoring has no password: nobody else may ask"
    assert PARTS["nats"]["healthcheck"]["test"][-1] == "http://127.0.0.1:8222/healthz"


def test_postgres_makes_a_database_of_its_own_for_keycloak() -> None:
    script = (INFRA / "postgres/keycloak.sh").read_text()
    assert told("postgres")["POSTGRES_USER"] == "cloister", "and a database of that name"
    assert told("postgres")["POSTGRES_PASSWORD_FILE"] == "/run/secrets/postgres/password"
    assert told("postgres")["PGDATA"].startswith("/var/lib/postgresql/data/")
    assert f"CREATE ROLE {told('keycloak')['KC_DB_USERNAME']} LOGIN" in script
    assert "CREATE DATABASE keycloak OWNER keycloak" in script
    for path in re.findall(r"/run/secrets/\S+?(?=\))", script):
        assert path.rpartition("/")[0] in mounts("postgres")
    assert mounts("postgres")["/docker-entrypoint-initdb.d/keycloak.sh"] == "./postgres/keycloak.sh"


def test_the_vectors_need_a_key_and_nothing_is_told_to_anybody() -> None:
    config = yaml.safe_load((INFRA / "qdrant/production.yaml").read_text())
    assert config["telemetry_disabled"] is True
    assert config["storage"]["snapshots_path"] == "/qdrant/storage/snapshots"
    assert mounts("qdrant")["/qdrant/storage"] == "qdrant"
    assert config["service"] == {"enable_cors": False}
    assert "QDRANT__SERVICE__API_KEY=$$(cat /run/secrets/qdrant/api-key)" in PARTS["qdrant"]["entrypoint"][-1]
    assert mounts("qdrant")["/run/secrets/qdrant"] == "./secrets/qdrant"


def test_keycloak_takes_its_secrets_and_its_realm_from_files() -> None:
    script = (INFRA / "keycloak/start.sh").read_text()
    assert script.rstrip().endswith("kc.sh start --import-realm")
    for path in re.findall(r"/run/secrets/[\w-]+", script):
        assert path in mounts("keycloak")
    assert mounts("keycloak")["/opt/keycloak/data/import/realm.json"] == "./keycloak/realm.json"
    assert set(re.findall(r"\$\{(\w+)\}", (INFRA / "keycloak/realm.json").read_text())) == {
        "CLOISTER_BACKCHANNEL_URL", "CLOISTER_CLIENT_SECRET", "CLOISTER_PUBLIC_URL",
    }  # fmt: skip
    assert "CLOISTER_PUBLIC_URL" in told("keycloak")
    assert told("keycloak")["CLOISTER_BACKCHANNEL_URL"] == "http://gateway:8000"
    assert set(PARTS["keycloak"]["networks"]) & set(PARTS["gateway"]["networks"])
    assert told("gateway")["CLOISTER_TRUSTED_HOSTS"].startswith("gateway,")
    assert told("keycloak")["KC_HTTP_ENABLED"] == told("keycloak")["KC_HEALTH_ENABLED"] == "true"
    assert told("keycloak")["KC_PROXY_HEADERS"] == "xforwarded"


def test_keycloak_is_ready_when_its_own_page_says_so() -> None:
    program, shell, flag, line = PARTS["keycloak"]["healthcheck"]["test"]
    assert (program, shell, flag) == ("CMD", "bash", "-c")
    for status, code in (("200 OK", 0), ("503 Service Unavailable", 1)):
        with socket.create_server(("127.0.0.1", 0)) as server:
            threading.Thread(target=say, args=(server, status), daemon=True).start()
            here = line.replace("/9000", f"/{server.getsockname()[1]}").replace("$$", "$")
            assert subprocess.run(["bash", "-c", here], timeout=10).returncode == code


def say(server: socket.socket, status: str) -> None:
    """One reply of that status to whoever asks."""
    connection, _ = server.accept()
    with connection, connection.makefile("rb") as lines:
        assert [lines.readline(), lines.readline()] == [b"GET /health/ready HTTP/1.0\r\n", b"\r\n"]
        connection.sendall(f"HTTP/1.0 {status}\r\n\r\n".encode())


def test_scripts_can_be_read_by_those_who_run_them() -> None:
    for place in ("ollama/fetch.sh", "keycloak/start.sh", "postgres/keycloak.sh"):
        lines = (INFRA / place).read_text().splitlines()
        assert lines[0].startswith("#!/bin/")
        assert any(line.startswith("set -eu") for line in lines)
        assert os.stat(INFRA / place).st_mode & 0o044 == 0o044


METRICS = {"/run/secrets/metrics": "./secrets/metrics"}


def test_the_collector_asks_every_service_and_takes_traces_where_they_are_sent() -> None:
    (job,) = COLLECTOR["receivers"]["prometheus"]["config"]["scrape_configs"]
    (targets,) = job["static_configs"]
    assert sorted(targets["targets"]) == [f"{name}:8000" for name in SERVICES]
    port = urlsplit(told("gateway")["CLOISTER_OTLP_ENDPOINT"]).port
    assert COLLECTOR["receivers"]["otlp"]["protocols"]["http"] == {"endpoint": f"0.0.0.0:{port}"}
    assert PARTS["otel"]["command"] == ["--config", "/etc/otel/collector.yaml"]
    assert mounts("otel") == {"/etc/otel/collector.yaml": "./otel/collector.yaml", "/traces": "traces"} | METRICS
    assert job["authorization"] == {"type": "Bearer", "credentials_file": "/run/secrets/metrics/token"}
    limit = COLLECTOR["processors"]["memory_limiter"]["limit_mib"]
    assert PARTS["otel"]["deploy"]["resources"]["limits"]["memory"] == "512M"
    assert limit <= 512 * 0.75


def test_each_pipeline_of_the_collector_is_made_of_parts_that_are_there_and_all_are_used() -> None:
    used: dict[str, set[str]] = {"extensions": set(COLLECTOR["service"]["extensions"])}
    for pipeline in COLLECTOR["service"]["pipelines"].values():
        for kind, names in pipeline.items():
            used.setdefault(kind, set()).update(names)
        assert pipeline["processors"][0] == "memory_limiter"
    assert used == {kind: set(COLLECTOR[kind]) for kind in ("extensions", "receivers", "processors", "exporters")}
    for exporter in COLLECTOR["exporters"].values():
        assert set(exporter) <= {"path", "rotation", "endpoint"}
    assert COLLECTOR["exporters"]["file/traces"]["path"].startswith("/traces/")
    assert set(COLLECTOR["service"]["pipelines"]["traces"]["exporters"]) == {"file/traces"}
