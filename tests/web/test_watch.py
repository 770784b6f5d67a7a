"""Watching in the page: the queue while questions wait, a month in figures, every part, a journey with its trace."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Route, expect

from tests.support.company import Company, raw
from tests.support.department import HOTEL, Department, chat
from tests.web.inspection import findings, too_wide
from tests.web.visitor import Visitors, visit


def test_the_queue_shows_who_works_and_what_waits(
    cloister: Company, department: Department, visitors: Visitors
) -> None:
    slots = cloister.admin.call("GET", "/api/queue")["pools"][0]["slots"]
    page = visitors.open(cloister.admin)
    visit(page, "admin/queue")
    expect(page.locator(".panel tbody")).to_contain_text("reader")
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
    page.locator("select.choice").select_option(index=11)
    expect(page.locator(".card-value").first).to_have_text("0")


def test_every_part_is_told_and_what_fails_with_its_remedy(cloister: Company, visitors: Visitors) -> None:
    page = visitors.open(cloister.admin)
    problems = {"ready": False, "problems": {"retrieval.index": "It cannot be written. Make room on the disk."}}
    visit(page, "admin/status")
    parts = page.locator(".checks li")
    expect(parts.filter(has_text="Workers")).to_contain_text("slots")
    expect(parts.filter(has_text="Audit log")).to_contain_text(re.compile(r"[1-9][\d,]* records under a signed"))
    page.route("**/readyz", lambda route: route.fulfill(status=503, json=problems))
    page.reload()
    expect(page.locator(".checks .fails")).to_contain_text("Make room on the disk.")


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


ALERT = {
    "en": {"rule": "alert", "look": "I looked at it", "note": re.compile("What you found out")},
    "zh": {"rule": "告警", "look": "我已查看", "note": re.compile("您的发现")},
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
    assert findings(page) == []
    line.get_by_role("button", name=words["look"]).click()
    page.get_by_label(words["note"]).fill("an audit, call 13800138000")
    page.get_by_role("dialog").get_by_role("button", name=words["look"]).click()
    expect(line).to_contain_text(auditor.me()["id"])
    cloister.until(lambda: auditor.audit_records(kind="audit.acknowledged.", principal=auditor.me()["id"]))
    page.reload()
    expect(line).to_contain_text("an audit, call <phone>")
    assert findings(page) == []
    assert too_wide(page, (360,)) == []


def test_alerts_are_looked_at_and_a_ban_is_lifted(cloister: Company, visitors: Visitors) -> None:
    page = visitors.open(cloister.admin)
    alert = {
        "seq": 7, "at": "2026-07-01T08:00:00Z", "principal": "person:eve", "rule": "bulk_reading", "value": 41,
        "why": "many documents", "act": "ban", "until": None, "note": "", "acknowledged_by": None,
        "acknowledged_at": None,
    }  # fmt: skip
    sent: list[str] = []

    def take(route: Route) -> None:
        sent.append(f"{route.request.method} {urlsplit(route.request.url).path} {route.request.post_data or ''}")
        alert["acknowledged_by"] = "person:admin"
        route.fulfill(json={"seq": 7, "acknowledged_by": "person:admin"})

    bans = [{"principal": "person:eve", "until": "2026-07-01T09:00:00Z", "rule": "bulk_reading"}]
    page.route("**/api/alerts", lambda route: route.fulfill(json={"alerts": [alert]}))
    page.route("**/api/bans", lambda route: route.fulfill(json={"bans": bans}))
    page.route("**/api/alerts/*/acknowledge", take)
    page.route("**/api/bans/*/lift", take)
    visit(page, "admin/alerts")
    page.get_by_role("button", name="I looked at it").click()
    page.get_by_label(re.compile("What you found out")).fill("an audit of her own")
    page.get_by_role("dialog").get_by_role("button", name="I looked at it").click()
    expect(page.locator(".rows tbody")).to_contain_text("person:admin")
    bans.clear()
    page.get_by_role("button", name="Let in again").click()
    expect(page.locator(".bans")).to_have_count(0)
    assert sent == [
        'POST /api/alerts/7/acknowledge {"note":"an audit of her own"}',
        "POST /api/bans/person%3Aeve/lift ",
    ]
