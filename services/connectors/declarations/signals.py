"""Rules that make questions of signals."""

from pydantic import Field, field_validator

from services.connectors.declarations.words import Strict

Limit = float | int
Condition = str | int | float | bool | dict[str, Limit]


class SignalRule(Strict):
    """`when` holds for a signal's fields: a value, or `{above = 82}`, `{below = 5}`. `{field}` stands in `question`.

    `each` names the field that tells one machine from another: each asks once in `pause_seconds`.
    """

    name: str = ""
    clients: tuple[str, ...] = ()
    when: dict[str, Condition] = Field(min_length=1)
    question: str = Field(min_length=1, max_length=2000)
    workspace: str = ""
    named_query: str = ""
    each: str = ""
    pause_seconds: float = Field(600, ge=0, le=86_400)

    @field_validator("when")
    @classmethod
    def known(cls, when: dict[str, Condition]) -> dict[str, Condition]:
        for field, condition in when.items():
            if isinstance(condition, dict) and (not condition or set(condition) - {"above", "below"}):
                raise ValueError(f"{field}: a condition is a value, or `above` and `below` with numbers")
        return when
