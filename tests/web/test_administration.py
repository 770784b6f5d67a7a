"""Administration in the page: people and what is done to them, rights, topics, a key that is shown once."""

import re

import pytest
from playwright.sync_api import expect

from client import Http
from tests.support.company import PASSWORD, Company, raw
from tests.support.department import Department
from tests.web.tongues import speak
from tests.web.visitor import Visitors, visit


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
    speak(page, "zh")
    expect(page.locator(".grants li").filter(has_text="person:zoe").locator(".tag")).to_have_text(["提问", "阅读"])
    speak(page, "en")
    page.goto("/#/admin/people")
    expect(row).to_contain_text(f"{workspace}: ask, read")
    speak(page, "zh")
    expect(row).to_contain_text(f"{workspace}：提问、阅读")
    row.get_by_role("button", name="对 zoe 的操作").click()
    page.get_by_role("button", name="移除", exact=True).click()
    page.get_by_role("dialog", name="移除：zoe").get_by_role("button", name="移除").click()
    expect(row).to_have_count(0)


def test_a_wrong_field_is_told_in_words_and_nothing_typed_is_lost(cloister: Company, visitors: Visitors) -> None:
    page = visitors.open(cloister.admin, path="/#/admin/people")
    page.get_by_text("Add a person").click()
    page.get_by_label("User name").fill("Not A Name")
    page.get_by_label(re.compile("^Password")).fill(PASSWORD)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("username")
    expect(page.get_by_label("User name")).to_have_value("Not A Name")
    speak(page, "zh")
    page.get_by_role("button", name="添加", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("“用户名”有误：请使用小写字母、数字和连字符。")
    expect(page.get_by_label("用户名", exact=True)).to_have_value("Not A Name")


REFUSALS: dict[str, tuple[dict[str, str | int], str]] = {
    "too_many_attempts": ({"seconds": 31}, "31"),
    "daily_limit": ({"questions": 32, "again": "2030-01-31T08:00:00+00:00"}, "32"),
    "closed": ({"again": "2035-01-31T08:00:00+00:00"}, "2035"),
    "workspace_missing": ({"role": "buyer", "workspace": "purchasing"}, "“purchasing”"),
    "model_not_found": ({"model": "qwen33"}, "“qwen33”"),
    "parameter_missing": ({"parameter": "Press 4", "name": "machine"}, "“Press 4”"),
    "source_failed": ({"source": "ERP"}, "“ERP”"),
    "held": ({"about": "person:bob", "by": "person:ada", "why": "case 7", "since": "2026-11-01"}, "“case 7”"),
    "internal": ({"number": "b38"}, "b38"),
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_refusal_is_told_in_the_page_s_words_with_the_server_s_values(
    cloister: Company, visitors: Visitors, language: str
) -> None:
    page = visitors.open(cloister.admin, path="/#/admin/people", language=language)
    replies = [{"error": "Not so.", "reason": reason, "values": values} for reason, (values, _) in REFUSALS.items()]
    expect(page.locator(".rows tbody tr").first).to_be_visible()  # the list was asked for before
    page.route("**/api/users", lambda route: route.fulfill(status=409, json=replies.pop(0)))
    page.locator(".adding summary").click()
    page.locator("input[name=username]").fill("zoe")
    page.locator("input[name=password]").fill(PASSWORD)
    for _, shown in REFUSALS.values():
        page.locator(".adding button").click()
        expect(page.get_by_role("alert")).to_contain_text(shown)
        expect(page.get_by_role("alert")).not_to_contain_text("Not so.")


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
    speak(page, "zh")
    expect(page.locator(".rows thead th").first).to_have_text("系统")
    expect(page.locator(".rows tbody tr").filter(has_text="erp-in-the-page")).to_contain_text("永不")


def test_somebody_is_locked_given_a_role_and_let_in_again(cloister: Company, visitors: Visitors) -> None:
    dora = cloister.person("dora")
    name = dora.me()["name"]
    page = visitors.open(cloister.admin, path="/#/admin/people")
    row = page.locator(".rows tbody tr").filter(has_text=name)

    def act(label: str) -> None:
        row.get_by_role("button", name=f"Actions for {name}").click()
        page.get_by_role("button", name=label, exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name=label, exact=True).click()
        expect(page.get_by_role("dialog")).to_have_count(0)

    act("Lock")
    expect(row).to_contain_text("locked")
    cloister.until(lambda: raw(dora, "GET", "/api/me").status_code == 401, 5)
    act("Unlock")
    expect(row).not_to_contain_text("locked")
    row.get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("button", name="Give a role").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Role").select_option("auditor")
    expect(dialog.locator(".brings")).to_contain_text("auditor")
    dialog.get_by_role("button", name="Give a role").click()
    expect(row).to_contain_text("auditor")


def test_a_leaver_is_told_what_they_had_and_who_takes_over(cloister: Company, visitors: Visitors) -> None:
    workspace = cloister.workspace("left")
    leaver, heir = (cloister.person(name, workspace).me()["name"] for name in ("max", "mia"))
    page = visitors.open(cloister.admin, path="/#/admin/people")
    row = page.locator(".rows tbody tr").filter(has_text=leaver)
    row.get_by_role("button", name=f"Actions for {leaver}").click()
    page.get_by_role("button", name="Off-board").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(re.compile("Hand grants")).fill(heir)
    dialog.get_by_role("button", name="Off-board").click()
    expect(dialog.get_by_role("status")).to_contain_text(f"{leaver} is locked. Grants: 1.")
    page.keyboard.press("Escape")
    expect(row).to_contain_text("locked")


def test_topics_of_a_group_are_set_and_taken_away(cloister: Company, visitors: Visitors) -> None:
    page = visitors.open(cloister.admin, path="/#/admin/limits")
    topics = page.locator(".topics")
    topics.get_by_label("Group").fill("press-office")
    topics.get_by_label("Not with").fill("salary, 工资")
    topics.get_by_role("button", name="Set topics").click()
    line = topics.locator(".grants li").filter(has_text="press-office")
    expect(line.locator(".tag.bad")).to_have_text(["salary", "工资"])
    line.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(line).to_have_count(0)


def test_a_limit_is_set_and_taken_away(cloister: Company, visitors: Visitors) -> None:
    page = visitors.open(cloister.admin, path="/#/admin/limits")
    form = page.locator("form").filter(has=page.locator("input[name=daily]"))
    form.locator("input[name=to]").fill("group:night-shift")
    form.locator("input[name=opens]").fill("22:00")
    form.locator("input[name=zone]").fill("Asia/Shanghai")
    form.get_by_role("button").click()
    line = page.locator(".grants li").filter(has_text="group:night-shift")
    expect(line).to_contain_text("22:00–24:00 Asia/Shanghai")
    line.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(line).to_have_count(0)


def test_people_see_only_what_they_may_use(department: Department, visitors: Visitors) -> None:
    page = visitors.open(department.alice, path="/#/admin/people")
    expect(page.get_by_text("It is for administrators.")).to_be_visible()
    expect(page.get_by_role("link", name="Administration")).to_have_count(0)
    page.goto("/#/nothing")
    expect(page.get_by_text("There is no such page.")).to_be_visible()


def keeping(cloister: Company, department: Department) -> Http:
    """Somebody who manages the workspace, and is nothing else."""
    carol = cloister.person("carol", department.name)
    cloister.grant(department.name, carol.me()["id"], "manage")
    return carol


@pytest.mark.parametrize(("language", "title"), [("en", "This page is not open to you"), ("zh", "此页面未对您开放")])
def test_the_address_of_a_view_of_others_says_whose_it_is(
    cloister: Company, department: Department, visitors: Visitors, language: str, title: str
) -> None:
    keeper = visitors.open(keeping(cloister, department), language=language)
    for view in ("admin/people", "admin/keys", "admin/audit", "admin/status"):
        visit(keeper, view)
        expect(keeper.get_by_role("heading", name=title)).to_be_visible()
    visit(keeper, "admin/grants")
    expect(keeper.get_by_role("heading", name=title)).to_have_count(0)


def test_what_somebody_may_in_a_workspace_is_explained(
    cloister: Company, department: Department, visitors: Visitors
) -> None:
    page = visitors.open(keeping(cloister, department), path="/#/admin/grants")
    space = page.locator(".space").filter(has_text=department.name)
    space.get_by_text("Who may what here, and why?").click()
    space.get_by_label("Who", exact=True).fill(department.alice.me()["id"])
    space.get_by_role("button", name="Why?").click()
    expect(space.locator(".rules .holds").first).to_contain_text("by the grant to")
    space.get_by_label("Who", exact=True).fill("person:zoe-nobody")
    space.get_by_role("button", name="Why?").click()
    expect(space.get_by_text("There is no person:zoe-nobody now.")).to_be_visible()


@pytest.mark.parametrize(("language", "nobody"), [("en", "nobody now"), ("zh", "目前没有成员")])
def test_groups_are_shown_with_who_is_in_them_and_what_they_may(
    cloister: Company, visitors: Visitors, language: str, nobody: str
) -> None:
    workspace, group = cloister.workspace("grouped"), f"crew-{language}"
    cloister.grant(workspace, f"group:{group}", "ask", "read")
    page = visitors.open(cloister.admin, language=language)
    visit(page, "admin/groups")
    row = page.locator(".rows tbody tr").filter(has_text=group)
    expect(row).to_contain_text(nobody)
    expect(row).to_contain_text(workspace)
    cloister.admin.make("user", username=f"member-of-{group}", password=PASSWORD, groups=[group])
    page.reload()
    expect(row).to_contain_text(f"member-of-{group}", timeout=30_000)
    expect(page.locator(".rows").last.locator("tbody tr")).to_have_count(
        len(cloister.admin.call("GET", "/api/roles")["roles"])
    )
