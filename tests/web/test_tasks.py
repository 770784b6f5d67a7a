"""The steps that `python -m bench tasks` counts in the page, and what they end with."""

from pathlib import Path

from playwright.sync_api import Browser

from bench.tasks import played
from bench.tasks.cloister import Cloister
from bench.tasks.person import Person
from bench.tasks.product import FACT, Reads
from tests.support.company import Company

ABOUT = f"Kenvue: the Company did generate {FACT} US dollars in cash proceeds as result of the Kenvue debt offering."


class AmongOthers(Cloister):
    """Where the administrator's answer may rest on workspaces of other tests, which the colleague may not read."""

    def colleague(self) -> Reads:
        return {what: may for what, may in super().colleague().items() if "shared" not in what}


def test_a_person_needs_thirteen_steps_for_five_tasks_and_a_colleague_keeps_nothing(
    cloister: Company, chromium: Browser, tmp_path: Path
) -> None:
    files = [tmp_path / f"filing {n}.md" for n in range(10)]
    for n, file in enumerate(files):
        file.write_text(f"# Filing {n}\n\n{ABOUT if n == 7 else f'Store {n} opened.'}\n")
    done, gone = played(AmongOthers(chromium, cloister), 0, files)
    assert [task.steps for task in done] == [4, 2, 1, 2, 4]
    assert None not in gone.values(), gone
    assert len(gone) == 3


def test_a_step_is_a_click_a_field_a_key_a_choice_or_a_set_of_files(chromium: Browser, tmp_path: Path) -> None:
    (file := tmp_path / "a.txt").write_text("a")
    page = chromium.new_page()
    page.set_content("<button onclick='f.click()'>Open</button><input id=t><select><option>x<option>y</select>"
                     "<input type=file id=f hidden>")  # fmt: skip
    person = Person(page)
    person.click(page.locator("#t"))
    person.write(page.locator("#t"), "several words")
    person.press("Enter")
    person.choose(page.locator("select"), "y")
    done = person.does(lambda: person.give(page.get_by_role("button"), [file]))
    assert (person.steps, done.steps) == (6, 2)
    assert page.evaluate("document.querySelector('#f').files[0].name") == "a.txt"
    page.close()
