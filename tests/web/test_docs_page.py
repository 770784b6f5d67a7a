"""The page of the HTTP interface at /docs: authorize, and call from there."""

from playwright.sync_api import Browser, expect

from tests.support.company import Company
from tests.support.department import Department


def test_a_token_given_to_authorize_goes_with_the_calls_of_the_page(
    chromium: Browser, cloister: Company, department: Department
) -> None:
    page = chromium.new_page(base_url=cloister.system.base)
    elsewhere = list[str]()
    page.on(
        "request",
        lambda call: None if call.url.startswith((cloister.system.base, "data:")) else elsewhere.append(call.url),
    )
    page.goto("/docs#/people/get_me")
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_label("auth-bearer-value").fill(department.alice.token)
    page.get_by_role("dialog").or_(page.locator(".dialog-ux")).get_by_role(
        "button", name="Apply credentials"
    ).first.click()
    page.locator(".dialog-ux").get_by_role("button", name="Close").last.click()
    operation = page.locator("#operations-people-get_me")
    expect(operation).to_be_visible()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table .response .response-col_status")).to_have_text("200")
    expect(operation.locator(".live-responses-table .response-col_description pre").first).to_contain_text(
        department.alice.me()["id"]
    )
    assert elsewhere == []
    page.close()
