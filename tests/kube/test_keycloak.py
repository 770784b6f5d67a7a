"""Keycloak's resources are what its operator defines, and the realm is one for Kubernetes and for a single server."""

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from infra.nats.keys import create_keys
from infra.secrets import contents
from tests.kube.rendering import K8S, ROOT, Object, find, objects_of

KINDS = ("Keycloak", "KeycloakRealmImport")


def resource(kind: str) -> Object:
    (found,) = (each for each in objects_of(K8S / "keycloak") if each["kind"] == kind)
    return found


def schema(kind: str) -> dict[str, Any]:
    """The operator's own, and strict: a field that it has not is a slip of the pen."""
    crds = yaml.safe_load_all((Path(__file__).parent / "schemas/keycloak-crds.yaml").read_text())
    (crd,) = (each for each in crds if each["spec"]["names"]["kind"] == kind)
    found: dict[str, Any] = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    return closed(found)


def closed(part: Any) -> Any:
    if isinstance(part, list):
        return [closed(each) for each in part]
    if not isinstance(part, dict):
        return part
    known = {name: closed(value) for name, value in part.items()}
    return known | ({"additionalProperties": False} if isinstance(part.get("properties"), dict) else {})


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_what_the_operator_defines(kind: str) -> None:
    assert resource(kind)["apiVersion"] == "k8s.keycloak.org/v2alpha1"
    jsonschema.validate(resource(kind)["spec"], schema(kind))


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("Keycloak", ("instances",), "2"),
        ("Keycloak", ("hostnames",), {}),
        ("Keycloak", ("db", "usernameSecret", "names"), "x"),
        ("KeycloakRealmImport", ("realm", "enabeld"), True),
        ("KeycloakRealmImport", ("realm", "clients"), {}),
    ],
)
def test_a_slip_of_the_pen_is_seen(kind: str, path: tuple[str, ...], value: object) -> None:
    spec = deepcopy(resource(kind)["spec"])
    place = spec
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(spec, schema(kind))


def test_the_realm_is_the_same_with_and_without_kubernetes() -> None:
    text = (ROOT / "infra/keycloak/realm.json").read_text()
    text = text.replace("${CLOISTER_BACKCHANNEL_URL}", "http://gateway.cloister.svc.cluster.local:8000")
    here = json.loads(text.replace("${CLOISTER_PUBLIC_URL}", "https://cloister.example.com"))
    assert here == resource("KeycloakRealmImport")["spec"]["realm"]


def test_a_client_s_secret_is_no_text_of_the_manifest_and_passwords_are_not_taken() -> None:
    clients = {client["clientId"]: client for client in resource("KeycloakRealmImport")["spec"]["realm"]["clients"]}
    for client in clients.values():
        assert client.get("secret", "${CLOISTER_CLIENT_SECRET}") == "${CLOISTER_CLIENT_SECRET}"
        assert client["implicitFlowEnabled"] is client["directAccessGrantsEnabled"] is False
        assert client["publicClient"] is (client["clientId"] == "cloister-cli")
        assert client["standardFlowEnabled"] is (client["clientId"] == "cloister")
    assert clients["cloister"]["attributes"]["pkce.code.challenge.method"] == "S256"
    assert all(url.startswith("https://") for url in clients["cloister"]["redirectUris"])
    realm = resource("KeycloakRealmImport")["spec"]["realm"]
    assert realm["registrationAllowed"] is False
    assert realm["bruteForceProtected"] is True


def test_every_secret_is_one_that_we_make(tmp_path: Path) -> None:
    create_keys(tmp_path)
    made = contents(tmp_path, "postgres:5432/cloister")
    database, admin = resource("Keycloak")["spec"]["db"], resource("Keycloak")["spec"]["bootstrapAdmin"]["user"]
    placeholders = resource("KeycloakRealmImport")["spec"]["placeholders"].values()
    wanted = [database["usernameSecret"], database["passwordSecret"], *(each["secret"] for each in placeholders)]
    for each in wanted:
        assert each["key"] in made[each["name"]]
    assert set(made[admin["secret"]]) == {"username", "password"}
    start = (ROOT / "infra/keycloak/start.sh").read_text()
    for name, key in re.findall(r"/run/secrets/([\w-]+)/(\w+)\)", start):
        assert key in made[name]


def test_its_import_and_its_server_belong_together_and_it_opens_no_door_of_its_own() -> None:
    server = resource("Keycloak")
    assert resource("KeycloakRealmImport")["spec"]["keycloakCRName"] == server["metadata"]["name"]
    assert server["spec"]["networkPolicy"] == server["spec"]["ingress"] == {"enabled": False}
    assert server["spec"]["http"] == {"httpEnabled": True, "httpPort": 8080}
    assert server["spec"]["proxy"] == {"headers": "xforwarded"}
    assert server["spec"]["db"]["host"] == "postgres.cloister.svc.cluster.local"
    assert server["spec"]["db"]["port"] == 5432
    assert server["spec"]["instances"] == 2
    labels = find(objects_of(K8S / "keycloak"), "Namespace", "keycloak")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "baseline"
    assert labels["pod-security.kubernetes.io/warn"] == "restricted"
