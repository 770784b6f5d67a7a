"""The stores of `dev`, which its own manifests bring: each keeps its files in its volume and says how it is."""

import pytest

from tests.kube.rendering import ROOT, Object, container, find, overlay, pod_of, settings_of

STORES = {
    "nats": ("/data", {"nats": 4222, "monitor": 8222}),
    "postgres": ("/var/lib/postgresql/data", {"postgres": 5432}),
    "qdrant": ("/qdrant/storage", {"http": 6333, "grpc": 6334}),
}
ASKED = ("startupProbe", "readinessProbe", "livenessProbe")


def store(name: str) -> Object:
    return find(overlay("dev"), "StatefulSet", name)


def given(name: str) -> dict[str, str]:
    """Its settings; those from a Secret have no value here."""
    return {each["name"]: each.get("value", "") for each in container(store(name), name)["env"]}


@pytest.mark.parametrize("name", STORES)
def test_its_files_are_in_its_volume_and_its_ports_have_names(name: str) -> None:
    folder, ports = STORES[name]
    mounts = {each["name"]: each["mountPath"] for each in container(store(name), name)["volumeMounts"]}
    assert mounts["data"] == folder
    assert {each["name"]: each["containerPort"] for each in container(store(name), name)["ports"]} == ports
    (claim,) = store(name)["spec"]["volumeClaimTemplates"]
    assert claim["metadata"]["name"] == "data"
    assert claim["spec"]["accessModes"] == ["ReadWriteOnce"]


@pytest.mark.parametrize("name", STORES)
def test_it_chooses_its_own_pods_under_its_own_name(name: str) -> None:
    labels = {"app.kubernetes.io/name": name}
    assert store(name)["metadata"]["labels"] == labels, "the same as the chart's, so that policies hold"
    assert store(name)["spec"]["selector"]["matchLabels"] == labels
    assert store(name)["spec"]["template"]["metadata"]["labels"] == labels
    assert store(name)["spec"]["serviceName"] == ("nats-headless" if name == "nats" else name)


@pytest.mark.parametrize("name", STORES)
def test_it_is_asked_whether_it_starts_is_ready_and_lives(name: str) -> None:
    part = container(store(name), name)
    start, ready, alive = (part[each] for each in ASKED)
    assert start["periodSeconds"] * start["failureThreshold"] in (120, 180)
    assert ready["periodSeconds"] <= 10
    assert alive["periodSeconds"] * alive.get("failureThreshold", 3) >= 90, "a slow moment is no death"
    for probe in (start, ready, alive):
        (how,) = {"httpGet", "exec", "tcpSocket"} & set(probe)
        assert how == "exec" or probe[how]["port"] in STORES[name][1]


def test_the_probes_ask_what_the_servers_answer() -> None:
    asked = {name: [container(store(name), name)[each] for each in ASKED] for name in STORES}
    bus = ["/healthz", "/healthz?js-server-only=true", "/healthz?js-enabled-only=true"]
    assert [each["httpGet"]["path"] for each in asked["nats"]] == bus, "as the chart asks"
    assert [each["httpGet"]["path"] for each in asked["qdrant"]] == ["/healthz", "/readyz", "/livez"]
    command = ["pg_isready", "-U", "cloister", "-h", "127.0.0.1"]
    assert [each["exec"]["command"] for each in asked["postgres"][:2]] == [command, command]


def test_the_bus_stores_in_its_volume_and_finds_its_configuration() -> None:
    said = (ROOT / "k8s/overlays/dev/nats.conf").read_text()
    bus = container(store("nats"), "nats")
    mounts = {each["name"]: each["mountPath"] for each in bus["volumeMounts"]}
    assert f"store_dir: {mounts['data']}," in said
    assert f"nats-server --config {mounts['config']}/nats.conf" in bus["command"][-1]
    assert mounts["log"] in bus["command"][-1]
    assert mounts["accounts"] == "/etc/nats-accounts"
    assert "server_name: $POD_NAME" in said, "KEDA finds the leader by its pod's name"
    (name,) = bus["env"]
    assert (name["name"], name["valueFrom"]) == ("POD_NAME", {"fieldRef": {"fieldPath": "metadata.name"}})
    grace = pod_of(store("nats"))["terminationGracePeriodSeconds"]
    assert "lame_duck_duration: 30s" in said
    assert grace >= 30 + 20, "clients are sent away first"


def test_the_tables_are_the_database_that_the_services_are_told_of() -> None:
    own = given("postgres")
    assert own["POSTGRES_USER"] == own["POSTGRES_DB"] == "cloister"
    assert own["PGDATA"] == "/var/lib/postgresql/data/pg", "a volume may have a lost+found of its own"
    mounts = {each["mountPath"] for each in container(store("postgres"), "postgres")["volumeMounts"]}
    assert {"/var/run/postgresql", "/tmp"} <= mounts, "the root is read-only"


def test_the_vectors_have_a_key_and_write_to_their_volume_alone() -> None:
    own = given("qdrant")
    assert own["QDRANT__TELEMETRY_DISABLED"] == "true"
    for place in ("QDRANT__STORAGE__SNAPSHOTS_PATH", "QDRANT_INIT_FILE_PATH"):
        assert own[place].startswith("/qdrant/storage/")
    key = next(each for each in container(store("qdrant"), "qdrant")["env"] if "valueFrom" in each)
    assert key["name"] == "QDRANT__SERVICE__API_KEY"
    retrieval = settings_of(overlay("dev"), find(overlay("dev"), "Deployment", "retrieval"))
    assert retrieval["CLOISTER_VECTORS_KEY_FILE"].endswith("/vectors-key")


@pytest.mark.parametrize("name", STORES)
def test_it_runs_as_the_user_of_its_image(name: str) -> None:
    user = {"nats": 1000, "postgres": 999, "qdrant": 1000}[name]
    rights = pod_of(store(name))["securityContext"]
    assert (rights["runAsUser"], rights["runAsGroup"], rights["fsGroup"]) == (user, user, user)
