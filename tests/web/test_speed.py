"""Long conversations and long lists stay fluent, and the first paint is quick."""

import os

from tests.support.company import Company
from tests.support.department import HOTEL, Department
from tests.web.long_tasks import stream_below_a_hundred_turns, turn_pages_while_streaming
from tests.web.visitor import Visitors, answered, ask

FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
LONGEST = 250  # ms; the goal of 100 is for a quiet machine: python -m bench.page


def shared() -> float:
    """How many times longer things take because others use the machine, too; 1 on a quiet one."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def test_an_answer_streams_below_a_hundred_others_without_a_long_pause(
    department: Department, visitors: Visitors
) -> None:
    long = stream_below_a_hundred_turns(visitors.open(department.alice))
    assert max(long, default=0) <= LONGEST * shared(), long


def test_five_thousand_documents_are_paged_while_an_answer_streams_without_a_long_pause(
    cloister: Company, department: Department, visitors: Visitors
) -> None:
    cloister.grant(department.name, "person:admin", "ask", "read", "write")
    long = turn_pages_while_streaming(visitors.open(cloister.admin))
    assert max(long, default=0) <= LONGEST * shared(), long


def test_a_text_selection_survives_streaming(department: Department, visitors: Visitors) -> None:
    page = visitors.open(department.alice)
    answered(page, HOTEL)
    ask(page, f"{HOTEL} Tell it slowly.")
    page.locator(".exchange").nth(1).locator(".prose p").first.wait_for()
    select = "place => getSelection().selectAllChildren(place)"
    page.locator(".exchange").first.locator(".prose p").first.evaluate(select)
    before = page.evaluate("getSelection().toString()")
    page.locator(".opinion").nth(1).wait_for()
    assert before
    assert page.evaluate("getSelection().toString()") == before


def test_the_first_paint_takes_less_than_a_second(visitors: Visitors) -> None:
    """The best of three: other work on the machine only delays it."""
    paints = list[float]()
    for _ in range(3):
        page = visitors.open()
        page.get_by_role("heading", level=1).wait_for()
        paints.append(page.evaluate(FIRST_PAINT))
    assert min(paints) < 1000 * shared(), paints
