"""Administration in the page: a person, a right, a key that is shown once, the journey of a question."""

import re

from playwright.sync_api import expect

from tests.support.company import PASSWORD, Company
from tests.support.department import HOTEL, Department, chat
from tests.web.visitor import Visitors


def test_a_person_is_added_given_a_right_and_removed(cloister: Company, visitors: Visitors) -> None:
    workspace = cloister.workspace("staff")
    page = visitors.open(cloister.admin, path="/#/admin/people")
    page.get_by_text("Add a person").click()
    page.get_by_label("User name").fill("zoe")
    page.get_by_label(re.compile("^Password")).fill(PASSWORD)
    page.get_by_role("button", name="Add", exact=True).click()
    row = page.locator(".rows tbody tr").filter(has_text="zoe")
    expect(row).to_have_count(1)
    page.goto("/#/admin/grants")
    page.get_by_label("Who").fill("person:zoe")
    page.get_by_label("Workspace", exact=True).select_option(workspace)
    page.get_by_role("button", name="Give a right").click()
    expect(page.locator(".grants li").filter(has_text="person:zoe")).to_contain_text("read")
    page.goto("/#/admin/people")
    expect(row).to_contain_text(f"{workspace}: ask read")
    row.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_a_wrong_field_is_told_in_words_and_nothing_typed_is_lost(cloister: Company, visitors: Visitors) -> None:
    page = visitors.open(cloister.admin, path="/#/admin/people")
    page.get_by_text("Add a person").click()
    page.get_by_label("User name").fill("Not A Name")
    page.get_by_label(re.compile("^Password")).fill(PASSWORD)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("username")
    expect(page.get_by_label("User name")).to_have_value("Not A Name")


def test_a_key_is_shown_once(cloister: Company, visitors: Visitors) -> None:
    workspace = cloister.workspace("systems")
    page = visitors.open(cloister.admin, path="/#/admin/keys")
    page.get_by_text("Create a key").click()
    page.get_by_role("textbox", name="System").fill("erp-in-the-page")
    page.locator(f"input[name=workspaces][value={workspace}]").check()
    page.get_by_role("button", name="Create").click()
    secret = page.locator(".secret").inner_text()
    assert len(secret) > 20
    page.get_by_role("button", name="I have it").click()
    page.reload()
    expect(page.locator(".rows")).to_contain_text("erp-in-the-page")
    assert secret not in page.content()


def test_the_journey_of_a_question_is_shown_in_its_order(
    cloister: Company, department: Department, visitors: Visitors
) -> None:
    query = chat(department.alice, HOTEL)["query_id"]
    cloister.recorded(query, "query.asked.v1", "query.ready.v1.default")
    page = visitors.open(cloister.admin, path=f"/#/admin/audit/{query}")
    steps = page.locator(".journey .event")
    expect(steps.first).to_have_text("query.asked.v1")
    names = steps.all_inner_texts()
    assert names.index("query.grounded.v1") < names.index("query.ready.v1.default")


def test_people_see_only_what_they_may_use(department: Department, visitors: Visitors) -> None:
    page = visitors.open(department.alice, path="/#/admin/people")
    expect(page.get_by_text("There is no such page.")).to_be_visible()
    expect(page.get_by_role("link", name="Administration")).to_have_count(0)
