"""The OpenAPI document says of every operation who may call it, how it fails and what it looks like."""

import re
from typing import Any

import jsonschema
import pytest

from services.gateway.http.openapi import document
from services.gateway.http.openapi.description import operations

DOCUMENT = document()
OPERATIONS = dict(operations(DOCUMENT))
COMPONENTS = {"components": DOCUMENT["components"]}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_has_a_plain_summary_an_id_of_its_own_and_a_tag_that_is_explained(name: str) -> None:
    operation = OPERATIONS[name]
    assert len(operation["summary"].split()) >= 2
    assert len(operation["summary"]) <= 100
    assert not re.search(r"[{}_]|\w\.\w", operation["summary"])
    assert [one["operationId"] for one in OPERATIONS.values()].count(operation["operationId"]) == 1
    assert set(operation["tags"]) <= {tag["name"] for tag in DOCUMENT["tags"]}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_says_what_comes_back_and_how_it_fails(name: str) -> None:
    replies = OPERATIONS[name]["responses"]
    good = [reply for status, reply in replies.items() if status < "400"]
    assert good
    for about in (content for reply in good for content in reply.get("content", {}).values()):
        assert about["schema"], "a reply without a schema"
    assert {"400", "422", "429", "500", "503"} <= replies.keys()
    form = "openai" if " /v1/" in name else "plain"
    for status, reply in replies.items():
        if status >= "400":
            assert reply == {"$ref": f"#/components/responses/{form}-{status}"}
            assert f"{form}-{status}" in DOCUMENT["components"]["responses"]


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_examples_of_an_operation_fit_its_schemas(name: str) -> None:
    found = list(examples(OPERATIONS[name]))
    shown = [kind for place in places(OPERATIONS[name]) for kind in place.get("content", {}) if kind.endswith("/json")]
    assert len(found) >= len(shown)
    for schema, example in found:
        jsonschema.Draft202012Validator(schema | COMPONENTS).validate(example)


def places(operation: dict[str, Any]) -> list[dict[str, Any]]:
    good = [reply for status, reply in operation["responses"].items() if status < "400"]
    return [operation.get("requestBody", {}), *good]


def examples(operation: dict[str, Any]) -> list[tuple[dict[str, Any], Any]]:
    contents = [content for place in places(operation) for content in place.get("content", {}).values()]
    given = [(one["schema"], one["example"]) for one in contents if "example" in one]
    named = [(one["schema"], each["value"]) for one in contents for each in one.get("examples", {}).values()]
    return given + named


def test_callers_without_a_credential_reach_only_what_signs_them_in() -> None:
    open_ones = {name for name, operation in OPERATIONS.items() if not operation["security"]}
    assert open_ones == {
        "POST /api/login", "GET /auth/session", "GET /auth/login", "POST /auth/login", "GET /auth/callback",
        "POST /auth/backchannel-logout",
    }  # fmt: skip
    schemes = {scheme for operation in OPERATIONS.values() for each in operation["security"] for scheme in each}
    assert schemes == set(DOCUMENT["components"]["securitySchemes"]) == {"bearer", "session"}
