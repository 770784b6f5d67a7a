"""The bodies that OpenAPI describes for auth are those that auth takes."""

import pytest
from pydantic import BaseModel

from services.auth.accounts import schemas as accounts
from services.auth.rights import schemas as rights
from services.gateway.http.openapi.bodies import BODIES

MODELS = [model for models in BODIES.values() for model in models]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_body_has_the_fields_and_defaults_that_auth_knows(model: type[BaseModel]) -> None:
    known: type[BaseModel] = getattr(rights, model.__name__, None) or getattr(accounts, model.__name__)
    assert defaults(model) == defaults(known)


def defaults(model: type[BaseModel]) -> dict[str, object]:
    found = {name: field.default for name, field in model.model_fields.items()}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}
