"""docs/asyncapi.yaml is read by AsyncAPI's own parser, and real messages fit it."""

import json
import subprocess

import pytest
import yaml
from jsonschema import Draft202012Validator

from shared.events import Ask
from tests.clients.installed import ENVIRONMENT, NODE, installed_node
from tests.documentation.asyncapi import PATH


def test_asyncapis_parser_finds_nothing_wrong() -> None:
    installed_node()
    command = ["node", "asyncapi.mjs", str(PATH)]
    done = subprocess.run(command, cwd=NODE, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["wrong"], found["version"]) == ([], "3.0.0")
    assert found["operations"] == ["sendAsk", "sendSignal", "hearQueryStreamed", "hearQueryAnswered", "recall"]


@pytest.mark.parametrize(("body", "fits"), [({"question": "hi"}, True), ({"questoin": "hi"}, False)])
def test_a_question_fits_its_schema_and_a_misspelt_one_does_not(body: dict[str, str], fits: bool) -> None:
    document = yaml.safe_load(PATH.read_text())
    assert document["channels"]["Ask"]["address"] == Ask.subject
    schema = document | {"$ref": "#/components/schemas/Ask"}
    assert Draft202012Validator(schema).is_valid(body) is fits
