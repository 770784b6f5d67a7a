"""Signing in with the company's account: a real Chromium before a real Keycloak."""

import re

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.servers.keycloak import PASSWORD, Keycloak
from tests.support.company import Company
from tests.web.inspection import findings, too_wide
from tests.web.visitor import DESKTOP, sign_in

pytestmark = pytest.mark.keycloak
DRAFT = "Which rule holds for trains?"
COMPANY = {"en": "Sign in with your company account", "zh": "使用公司账号登录"}
OUT = {"en": "Sign out", "zh": "退出登录"}
ENDED = {
    "en": "Your session ended. Sign in again; your draft is kept.",
    "zh": "登录已过期，请重新登录；您的草稿已保留。",
}
DIRECTORY = {
    "en": ("Company directory", r"[1-9]\d* people in [1-9]\d* groups", "Read everybody now"),
    "zh": ("公司目录", r"[1-9]\d* 人，[1-9]\d* 个组", "立即全部读取"),
}


def visit(chromium: Browser, company: Company, language: str = "en") -> Page:
    locale = {"en": "en-GB", "zh": "zh-CN"}[language]
    return chromium.new_context(base_url=company.system.base, viewport=DESKTOP, locale=locale).new_page()


def at_keycloak(page: Page, name: str) -> None:
    page.locator("#username").fill(name)
    page.locator("#password").fill(PASSWORD)
    page.locator("#kc-login").click()
    page.locator("#question").wait_for()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_signs_in_at_keycloak_comes_back_and_signs_out_of_both(
    federated: tuple[Company, Keycloak], chromium: Browser, language: str
) -> None:
    company, realm = federated
    page = visit(chromium, company, language)
    page.goto("/#/ask")
    page.get_by_role("link", name=COMPANY[language]).click()
    assert page.url.startswith(realm.issuer)
    at_keycloak(page, "alice")
    assert page.url.startswith(company.system.base)
    expect(page.get_by_role("heading", level=1)).to_contain_text("alice")
    expect(page.locator(".account-button")).to_contain_text("finance")
    assert (
        page.evaluate("document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)").find("eyJ") < 0
    )
    page.locator(".account-button").click()
    page.get_by_role("button", name=OUT[language], exact=True).click()
    page.get_by_role("link", name=COMPANY[language]).click()
    expect(page.locator("#kc-login")).to_be_visible()  # Keycloak asks again: its own session ended, too
    page.context.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_session_that_ends_at_keycloak_keeps_the_draft_and_the_way_back(
    federated: tuple[Company, Keycloak], chromium: Browser, language: str
) -> None:
    company, realm = federated
    page = visit(chromium, company, language)
    page.goto("/")
    page.get_by_role("link", name=COMPANY[language]).click()
    at_keycloak(page, "bob")
    page.locator("#question").fill(DRAFT)
    ended = page.evaluate("fetch('/auth/session').then((reply) => reply.json())")["session"]["id"]
    with realm.admin() as keycloak:
        (found,) = keycloak.get("/users", params={"username": "bob", "exact": True}).json()
        keycloak.post(f"/users/{found['id']}/logout").raise_for_status()
    company.until(lambda: not page.evaluate("fetch('/auth/session').then((reply) => reply.json())")["signed_in"], 15)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(ENDED[language])
    dialog.get_by_role("link", name=COMPANY[language]).click()
    at_keycloak(page, "bob")
    expect(page.locator("#question")).to_have_value(DRAFT)
    assert page.evaluate("fetch('/auth/session').then((reply) => reply.json())")["session"]["id"] != ended
    page.context.close()


def test_a_sign_in_that_is_called_off_is_told_in_words(federated: tuple[Company, Keycloak], chromium: Browser) -> None:
    company, _ = federated
    page = visit(chromium, company)
    page.goto("/auth/callback?error=access_denied&state=x")
    expect(page.get_by_role("alert")).to_contain_text("Try once more")
    expect(page.get_by_role("link", name=COMPANY["en"])).to_be_visible()
    assert httpx.get(f"{company.system.base}/auth/session").json()["signed_in"] is False
    page.context.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_administrators_see_the_company_directory_and_read_it_again(
    federated: tuple[Company, Keycloak], chromium: Browser, language: str
) -> None:
    company, realm = federated
    title, count, again = DIRECTORY[language]
    page = visit(chromium, company, language)
    sign_in(page, "admin")
    page.goto("/#/admin/people")
    state = page.get_by_role("region", name=title)
    expect(state).to_contain_text(realm.issuer)
    expect(state.get_by_role("status")).to_contain_text(re.compile(count))
    state.get_by_role("button", name=again).click()
    expect(state.get_by_role("button", name=again)).to_be_enabled(timeout=30_000)
    expect(page.locator(".people tbody")).to_contain_text("alice")
    assert findings(page) == []
    assert too_wide(page, (360, 2560)) == []
    page.context.close()
