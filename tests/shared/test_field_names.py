"""What is wrong with a field, as values for programs."""

import pytest
from pydantic import BaseModel, Field, ValidationError

from shared.errors import Refused
from shared.field_names import problem_of


class Form(BaseModel):
    title: str = Field(max_length=5)
    names: list[int] = []


@pytest.mark.parametrize(
    ("given", "values"),
    [
        ({}, {"field": "title", "problem": "missing"}),
        ({"title": "too long"}, {"field": "title", "problem": "string_too_long", "limit": 5}),
        ({"title": "x", "names": ["y"]}, {"field": "names.0", "problem": "int_parsing"}),
        ([], {"problem": "model_type"}),
    ],
)
def test_a_problem_has_the_field_its_name_and_its_limit(given: object, values: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as wrong:
        Form.model_validate(given)
    assert problem_of(wrong.value.errors()[0]) == values


def test_a_refusal_has_values_only_where_there_are_some() -> None:
    assert Refused("exists", "It is there.").body == {"error": "It is there.", "reason": "exists"}
    told = Refused("held", "It is held.", values={"by": "person:ada"})
    assert told.body == {"error": "It is held.", "reason": "held", "values": {"by": "person:ada"}}
