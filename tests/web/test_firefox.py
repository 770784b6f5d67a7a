"""The same page in Firefox: sign in, ask, see the passage; each view is opened once."""

import re

import pytest
from playwright.sync_api import Browser, expect

from bench.system import PASSWORD as ADMIN_PASSWORD
from tests.support.company import PASSWORD, Company
from tests.support.department import HOTEL, MEALS, Department
from tests.web.inspection import too_wide
from tests.web.test_quality import ADMIN_VIEWS
from tests.web.visitor import COUNT_CALLS, ask, visit

# By BiDi Firefox cannot be told these; `null` leaves them alone.
PLAIN = {"color_scheme": "null", "reduced_motion": "null", "forced_colors": "null", "contrast": "null"}


@pytest.mark.slow
def test_an_answer_and_its_passage_in_firefox(firefox: Browser, department: Department) -> None:
    context = firefox.new_context(base_url=department.alice.url, viewport={"width": 1440, "height": 900}, **PLAIN)
    page = context.new_page()
    page.goto("/")
    page.locator("input[name=username]").fill(department.alice.me()["name"])
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#question").wait_for()
    ask(page, HOTEL)
    expect(page.locator(".answer")).to_contain_text("180 US dollars", timeout=20_000)
    page.locator(".sources button").first.click()
    expect(page.locator(".source mark")).to_be_visible()
    ask(page, MEALS)
    page.locator(".exchange").nth(1).locator(".sources button").first.click(timeout=20_000)
    page.locator(".pdf canvas").wait_for(timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
    context.close()


@pytest.mark.slow
def test_watching_and_administering_in_firefox(firefox: Browser, cloister: Company) -> None:
    context = firefox.new_context(base_url=cloister.system.base, viewport={"width": 1440, "height": 900}, **PLAIN)
    context.add_init_script(COUNT_CALLS)
    page, errors = context.new_page(), list[str]()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto("/#/admin/people")
    page.locator("input[name=username]").fill("admin")
    page.locator("input[name=password]").fill(ADMIN_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".people tbody")).to_contain_text("admin")
    page.get_by_role("button", name="Actions for admin", exact=True).click()
    expect(page.get_by_role("button", name="Give a role")).to_be_visible()
    page.keyboard.press("Escape")
    for view, shown in (("queue", ".panel .rows tbody"), ("usage", ".columns .day"), ("status", ".checks .holds")):
        page.goto(f"/#/admin/{view}")
        page.locator(shown).first.wait_for()
        assert too_wide(page, (360, 3840)) == [], view
    document = cloister.paper(cloister.workspace("firefox"), "gate.txt", "The gate is shut at nine.")["document_id"]
    opened = [f"knowledge/document/{document}", f"admin/audit/{document}", f"source/{document}/1/1"]
    for view in ("ask", *ADMIN_VIEWS, *opened):
        visit(page, view)
        expect(page.locator("#content")).to_have_text(re.compile(r"\S"))
        assert too_wide(page, (390, 1440)) == [], view
    assert errors == []
    context.close()
