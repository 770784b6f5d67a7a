"""Watching in the page: the queue while questions wait, a month in figures, every part, a journey with its trace."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Route, expect

from tests.support.company import Company, raw
from tests.support.department import HOTEL, Department, chat
from tests.support.vault import try_the_vault
from tests.web.inspection import findings, too_wide
from tests.web.tongues import speak
from tests.web.visitor import PHONE, Visitors, ask, visit


def test_the_queue_shows_who_works_and_what_waits(
    cloister: Company, department: Department, visitors: Visitors
) -> None:
    slots = cloister.admin.call("GET", "/api/queue")["pools"][0]["slots"]
    page = visitors.open(cloister.admin)
    visit(page, "admin/queue")
    expect(page.locator(".panel tbody")).to_contain_text("reader")
    expect(page.locator(".card").first).to_contain_text("Waiting")
    speak(page, "zh")
    expect(page.locator(".card").first).to_contain_text("等待中")
    expect(page.locator(".panel th")).to_have_text(["工作进程", "占用", "模型"])
    with ThreadPoolExecutor(4 * slots) as people:
        asked = [people.submit(chat, department.alice, f"{HOTEL} Tell it slowly.") for _ in range(4 * slots)]
        expect(page.locator(".card-value").first).to_have_text(re.compile("[1-9]"), timeout=20_000)
        expect(page.locator(".lanes dd").first).to_have_text(re.compile("[1-9]"))
        assert all(one.result()["answer"] for one in asked)
    expect(page.locator(".card-value").first).to_have_text("0", timeout=20_000)


def test_a_month_is_told_in_figures_and_plots(cloister: Company, department: Department, visitors: Visitors) -> None:
    query = chat(department.alice, HOTEL)["query_id"]
    cloister.recorded(query, "query.asked.v1", f"answer.gateway.{query}")
    page = visitors.open(cloister.admin)
    visit(page, "admin/usage")
    expect(page.locator(".card-value").first).to_have_text(re.compile(r"[1-9][\d,]*"))
    today = datetime.now(UTC)
    expect(page.locator(".columns li").filter(has_text=re.compile(rf"^{today.day}: [1-9]"))).to_have_count(1)
    assert page.locator(".plots .shares dd").count() >= 4
    expect(page.locator(".card-label").last).to_have_text("Found useful")
    speak(page, "zh")
    expect(page.locator(".card-label").last).to_have_text("认为有用")
    expect(page.locator(".card-value").nth(2)).to_have_text(re.compile(r"^[\d.]+ 秒$"))
    expect(page.locator("main")).to_contain_text("节省工时：有出处的回答数")
    page.locator("select.choice").select_option(index=11)
    expect(page.locator(".card-value").first).to_have_text("0")


def test_every_part_is_told_and_what_fails_with_its_remedy(cloister: Company, visitors: Visitors) -> None:
    page = visitors.open(cloister.admin)
    problems = {"ready": False, "problems": {"retrieval.index": "It cannot be written. Make room on the disk."}}
    visit(page, "admin/status")
    parts = page.locator(".checks li")
    expect(parts.filter(has_text="Workers")).to_contain_text("slots")
    expect(parts.filter(has_text="Audit log")).to_contain_text(re.compile("signed up to record [1-9]"))
    page.route("**/readyz", lambda route: route.fulfill(status=503, json=problems))
    page.reload()
    expect(page.locator(".checks .fails")).to_contain_text(
        "Search · index: It cannot be written. Make room on the disk."
    )
    speak(page, "zh")
    expect(page.locator(".checks .fails")).to_contain_text("检索 · 索引：系统原文（英文）：It cannot be written.")
    expect(parts.filter(has_text="审计日志")).to_contain_text("条记录均已签名")


PARTS = {
    "en": (["Services", "Index", "Workers", "Audit log", "Sources", "Company directory"], "being checked …"),
    "zh": (["服务", "索引", "工作进程", "审计日志", "数据源", "公司目录"], "检查中…"),
}
PLACES = "all => all.map((one) => one.getBoundingClientRect().top)"
SILENT = {"reason": "unavailable", "error": "No service answered."}


@pytest.mark.parametrize("language", PARTS)
def test_parts_are_named_before_they_are_known_and_nothing_moves_when_they_are(
    cloister: Company, visitors: Visitors, language: str
) -> None:
    names, checking = PARTS[language]
    page, held = visitors.open(cloister.admin, language=language, viewport=PHONE), list[Route]()
    page.locator("#question").wait_for()
    page.route(re.compile("/(readyz|metrics|api/audit/checkpoint)$"), lambda route: held.append(route))
    page.goto("/#/admin/status")
    parts = page.locator(".checks li")
    expect(parts.locator("strong")).to_have_text(names)
    expect(parts.nth(2)).to_have_class("holds")
    expect(page.locator(".checks .open span")).to_have_text([checking] * 3)
    before = page.locator(".checks li, .page h2").evaluate_all(PLACES)
    for route in held:
        route.continue_()
    expect(page.locator(".checks .open")).to_have_count(0)
    expect(page.locator("[role=status][aria-busy=true]")).to_have_count(0)
    after = page.locator(".checks li, .page h2").evaluate_all(PLACES)
    assert after == before


def test_a_part_that_cannot_be_asked_says_so_and_hides_no_other(cloister: Company, visitors: Visitors) -> None:
    page = visitors.open(cloister.admin)
    page.route("**/readyz", lambda route: route.abort())
    page.route("**/api/audit/checkpoint", lambda route: route.fulfill(status=503, json=SILENT))
    visit(page, "admin/status")
    expect(page.locator(".checks .fails")).to_have_text(
        [re.compile("^Services.*network"), re.compile("^Audit log.*No")]
    )
    expect(page.locator(".checks .holds").filter(has_text="Workers")).to_be_visible()
    expect(page.locator(".checks .absent").filter(has_text="Company directory")).to_contain_text("not set up")


def test_the_journey_of_a_question_has_its_steps_durations_and_trace(
    cloister: Company, department: Department, visitors: Visitors
) -> None:
    query = chat(department.alice, HOTEL)["query_id"]
    answer = f"answer.gateway.{query}"
    rows = cloister.recorded(query, "query.asked.v1", "query.ready.v1.default", answer)
    page = visitors.open(cloister.admin, path=f"/#/admin/audit/{query}")
    steps = page.locator(".journey .event")
    expect(steps.first).to_have_text("query.asked.v1")
    names = steps.all_inner_texts()
    assert names.index("query.grounded.v1") < names.index("query.ready.v1.default") < names.index("answer.gateway")
    expect(page.locator(".journey .took").last).to_have_text(re.compile(r"^\+[\d.]+ s$"))
    [trace] = {row.facts["trace"] for row in rows}
    expect(page.locator(".about")).to_contain_text(str(trace))
    expect(page.locator(".journey .note").first).to_contain_text("lane interactive")
    speak(page, "zh")
    expect(page.locator(".journey .note").first).to_contain_text("通道 interactive")
    expect(page.locator(".journey .took").last).to_have_text(re.compile(r"^\+[\d.]+ 秒$"))


ALERT = {
    "en": {
        "rule": "alert",
        "why": "not open to this person",
        "look": "I looked at it",
        "note": re.compile("What you found out"),
    },
    "zh": {"rule": "告警", "why": "多次尝试访问未向其开放的工作区", "look": "我已查看", "note": re.compile("您的发现")},
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_tries_foreign_workspaces_is_an_alert_until_an_auditor_looked_at_it(
    cloister: Company, visitors: Visitors, language: str
) -> None:
    words = ALERT[language]
    eve, auditor = cloister.person("eve"), cloister.person("auditor", roles=["auditor"])
    for n in range(6):
        tried = raw(eve, "POST", "/api/search", json={"question": "pay", "workspaces": [f"other-{n}"]})
        assert tried.status_code == 404
    who = eve.me()["id"]
    cloister.until(lambda: any(one["principal"] == who for one in auditor.call("GET", "/api/alerts")["alerts"]))
    page = visitors.open(auditor, path="/#/admin/alerts", language=language)
    line = page.locator(".rows tbody tr").filter(has_text=who)
    expect(line).to_contain_text("probing")
    expect(line.locator(".tag")).to_have_text(words["rule"])
    expect(line).to_contain_text(words["why"])
    assert findings(page) == []
    page.set_viewport_size(PHONE)
    assert too_wide(page, (360, 390)) == []
    line.get_by_role("button", name=words["look"]).click()
    page.get_by_label(words["note"]).fill("an audit, call 13800138000")
    page.get_by_role("dialog").get_by_role("button", name=words["look"]).click()
    expect(line).to_contain_text(auditor.me()["id"])
    cloister.until(lambda: auditor.audit_records(kind="audit.acknowledged.", principal=auditor.me()["id"]))
    page.reload()
    expect(line).to_contain_text("an audit, call <phone>")
    assert findings(page) == []
    assert too_wide(page, (360,)) == []


def test_who_is_banned_by_a_rule_is_told_so_and_let_in_again_in_the_page(cloister: Company, visitors: Visitors) -> None:
    """On the real system, on a phone, each in their language."""
    eve = cloister.person("eve", cloister.workspace("papers"))
    who, hers = eve.me()["id"], visitors.open(eve, language="zh", anew=True)
    hers.locator("#question").wait_for()
    try_the_vault(eve)
    cloister.until(lambda: who in {ban["principal"] for ban in cloister.admin.call("GET", "/api/bans")["bans"]})
    ask(hers, "How much is the pay?")
    expect(hers.get_by_role("alert")).to_contain_text("系统发现异常活动，暂时限制了您的访问。")
    page = visitors.open(cloister.admin, viewport=PHONE)
    visit(page, "admin/alerts")
    expect(page.locator(".rows tbody tr").filter(has_text=who)).to_contain_text("kept out for a time")
    ban = page.locator(".bans li").filter(has_text=who)
    expect(ban).to_contain_text("by vault")
    speak(page, "zh")
    expect(ban).to_contain_text("（规则 vault）")
    ban.get_by_role("button", name="恢复访问").click()
    expect(ban).to_have_count(0)
    ask(hers, "How much is the pay?")
    expect(hers.locator(".exchange").last.locator(".opinion")).to_be_visible(timeout=20_000)
