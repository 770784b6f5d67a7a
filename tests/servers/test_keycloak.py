"""People and business systems of a real Keycloak, admitted at every interface with the rights of our own tables."""

import json

import httpx
import nats
import pytest
from openai import OpenAI

from tests.servers.keycloak import Keycloak
from tests.support.company import Company

pytestmark = pytest.mark.keycloak


@pytest.fixture(scope="module")
def realm(federated: tuple[Company, Keycloak]) -> Keycloak:
    return federated[1]


@pytest.fixture(scope="module")
def company(federated: tuple[Company, Keycloak]) -> Company:
    made = federated[0]
    for name in ("finance", "legal"):
        made.admin.make("workspace", name=name)
        made.grant(name, f"group:{name}", "ask", "read")
        made.grant(name, "person:admin", "ask", "read", "write")
    made.paper("finance", "travel.txt", "The limit for a hotel in Europe is 180 US dollars a night.")
    made.admin.make("key", name="erp", workspaces=["finance"], bus=True)
    return made


def chat(company: Company, token: str, workspace: str) -> httpx.Response:
    body = {"question": "What is the hotel limit in Europe?", "workspace": workspace}
    head = {"Authorization": f"Bearer {token}"}
    return httpx.post(f"{company.system.base}/api/chat", json=body, headers=head, timeout=60)


def test_a_person_of_keycloak_asks_where_the_department_may(company: Company, realm: Keycloak) -> None:
    alice, bob = (realm.sign_in(name)["access_token"] for name in ("alice", "bob"))
    assert "180" in chat(company, alice, "finance").json()["answer"]
    assert chat(company, alice, "legal").json()["reason"] == "workspace_not_found"
    assert chat(company, bob, "finance").json()["reason"] == "workspace_not_found"
    me = httpx.get(f"{company.system.base}/api/me", headers={"Authorization": f"Bearer {alice}"}).json()
    assert (me["id"], me["groups"], me["roles"]) == ("person:alice", ["finance"], ["member"])


def test_openai_s_client_takes_the_token_as_its_key(company: Company, realm: Keycloak) -> None:
    client = OpenAI(base_url=f"{company.system.base}/v1", api_key=realm.sign_in("alice")["access_token"])
    names = [model.id for model in client.models.list()]
    assert "cloister/finance" in names
    assert "cloister/legal" not in names


async def test_a_service_account_connects_to_the_bus_under_its_client_s_name(company: Company, realm: Keycloak) -> None:
    token = realm.service_token()["access_token"]
    for how in ({"token": token}, {"user": "erp", "password": token}):
        line = await nats.connect(company.system.nats_url, inbox_prefix=b"_INBOX_erp", allow_reconnect=False, **how)
        body = json.dumps({"question": "What is the hotel limit in Europe?", "workspace": "finance"}).encode()
        answers = await line.subscribe("answered.erp.>")
        await line.jetstream().publish("ask.erp", body)
        assert "180" in json.loads((await answers.next_msg(timeout=30)).data)["answer"]
        await line.close()


def test_a_disabled_person_is_out_within_a_second_or_two(company: Company, realm: Keycloak) -> None:
    token = realm.sign_in("bob")["access_token"]
    assert chat(company, token, "legal").status_code == 200
    with realm.admin() as keycloak:
        (bob,) = keycloak.get("/users", params={"username": "bob", "exact": True}).json()
        keycloak.put(f"/users/{bob['id']}", json={"enabled": False}).raise_for_status()
        company.until(lambda: chat(company, token, "legal").status_code == 401, 5)
        keycloak.put(f"/users/{bob['id']}", json={"enabled": True}).raise_for_status()
        company.until(lambda: chat(company, token, "legal").status_code == 200, 15)
