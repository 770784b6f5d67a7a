"""Scenarios: instructions reach the model above the caller's own, and a wrong file stops the start in words."""

from pathlib import Path

import pytest

from services.gateway.queries.parameters.scenarios import SHIPPED, open_to, scenarios
from shared.errors import NotReady
from shared.events import Admitted, Principal


def admitted(*workspaces: str, summarised: tuple[str, ...] = ()) -> Admitted:
    person, until = Principal(id="person:a", name="a"), "2030-01-01T00:00:00Z"
    return Admitted.model_validate(
        {"principal": person, "workspaces": workspaces, "summarised": summarised, "capability": "", "expires_at": until}
    )


def test_a_scenario_is_open_where_its_workspace_may_be_asked() -> None:
    known = scenarios(SHIPPED)
    assert set(open_to(known, admitted("rd"))) == {"code-assistant", "overview"}
    assert set(open_to(known, admitted("rd", "finance", summarised=("rd", "finance")))) == {"overview"}
    assert open_to(known, admitted()) == {}


def test_a_title_is_in_the_reader_s_language_where_there_is_one(tmp_path: Path) -> None:
    shipped = scenarios(SHIPPED)["finance-report"]
    assert (shipped.called("zh")[:4], shipped.called("en")[:7]) == ("财务报告", "Finance")
    path = tmp_path / "scenarios.toml"
    path.write_text('[a]\ntitle = "Alone"\nworkspace = "rd"\ninstructions = "x"')
    assert scenarios(path)["a"].called("zh") == "Alone"


@pytest.mark.parametrize(
    "text", ["[a", '[a]\ntitle = "A"\nworkspace = "rd"', '[a]\ntitle = "A"\nworkspace = "rd"\ninstructions = ""']
)
def test_a_file_that_is_wrong_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "scenarios.toml"
    path.write_text(text)
    with pytest.raises(NotReady, match=r"scenarios\.toml"):
        scenarios(path)
