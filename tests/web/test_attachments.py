"""A file for one conversation: its owner's questions there are answered from it, and nobody else's are."""

import base64
import re

import pytest
from playwright.sync_api import expect

from tests.support.company import PAPERS, Company, raw
from tests.support.department import Department
from tests.web.visitor import PHONE, Visitors, answered, ask

SECRET = "The amber kiln is fired at 1,180 degrees on Fridays."
QUESTION = "At how many degrees is the amber kiln fired?"
WORDS = {
    "en": {
        "attach": "Attach files", "remove": "Remove kiln.txt", "attached": "Attached to this conversation",
        "page": "1 page", "retry": "Attach broken.pdf again", "left": "Your next question goes without this file.",
        "without": "Asked without broken.pdf: not attached.",
    },
    "zh": {
        "attach": "附上文件", "remove": "移除 kiln.txt", "attached": "附在此对话中", "page": "1 页",
        "retry": "重新附上 broken.pdf", "left": "下一次提问将不使用此文件。",
        "without": "未能附上 broken.pdf，此次提问未使用。",
    },
}  # fmt: skip
# A file's name and its bytes (Base64), as a mouse lets go of it.
DROPPED = """([name, data]) => { const transfer = new DataTransfer()
  transfer.items.add(new File([Uint8Array.from(atob(data), (byte) => byte.charCodeAt(0))], name))
  return transfer }"""


def file(name: str, text: str) -> dict[str, object]:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_file_answers_the_questions_of_its_conversation_and_no_others(
    cloister: Company, department: Department, visitors: Visitors, language: str
) -> None:
    words = WORDS[language]
    page = visitors.open(department.alice, language=language)
    page.locator(".composer input[type=file]").set_input_files([file("kiln.txt", SECRET), file("broken.pdf", "%PDF-")])
    files = page.locator(".attached li")
    expect(files.filter(has_text="kiln.txt")).to_contain_text(words["page"], timeout=60_000)
    expect(files.filter(has_text="broken.pdf").get_by_role("alert")).to_contain_text(words["left"], timeout=60_000)
    expect(page.get_by_role("button", name=words["retry"])).to_be_visible()
    answered(page, QUESTION)
    expect(files).to_have_count(1)
    expect(page.locator(".exchange")).to_contain_text(words["without"])
    expect(page.locator(".answer")).to_contain_text("1,180")
    page.reload()
    expect(files).to_have_count(1)
    page.locator(".answer button.cite").first.click()
    panel = page.get_by_role("complementary")
    expect(panel).to_contain_text(words["attached"])
    expect(panel.locator("mark")).to_contain_text("amber kiln")

    listed = cloister.admin.call("GET", f"/api/documents?workspace={department.name}")["documents"]
    assert "kiln.txt" not in {one["title"] for one in listed}
    for who in (department.alice, cloister.person("peer", department.name)):
        found = raw(who, "POST", "/api/search", json={"question": QUESTION, "leg": "bm25"}).json()["passages"]
        assert not any("amber kiln" in one["text"] for one in found)
    elsewhere = visitors.open(department.alice, language=language)
    answered(elsewhere, QUESTION)
    assert "1,180" not in elsewhere.locator(".answer").inner_text()

    page.get_by_role("button", name=words["remove"]).click()
    expect(files).to_have_count(0)
    answered(page, QUESTION)
    assert "1,180" not in page.locator(".answer").last.inner_text()


def test_a_file_that_cannot_be_attached_can_be_taken_away_and_comes_back_with_a_question_that_was_not_asked(
    department: Department, visitors: Visitors
) -> None:
    page = visitors.open(department.alice)
    files = page.locator(".attached li")
    page.locator(".composer input[type=file]").set_input_files([file("broken.pdf", "%PDF-")])
    expect(files.get_by_role("alert")).to_be_visible(timeout=60_000)
    page.route("**/api/chat", lambda route: route.abort())
    ask(page, QUESTION)
    expect(page.locator(".exchange").get_by_role("alert")).to_be_visible()
    expect(files).to_contain_text("broken.pdf")
    page.get_by_role("button", name="Remove broken.pdf").click()
    expect(files).to_have_count(0)
    expect(page.locator("#question")).to_have_value(QUESTION)


def test_a_pdf_is_attached_by_dropping_it_on_a_phone_s_narrow_box_too(
    department: Department, visitors: Visitors
) -> None:
    page = visitors.open(department.alice, viewport=PHONE)
    paper = min((PAPERS / "legal").glob("*.pdf"))
    dropped = page.evaluate_handle(DROPPED, [paper.name, base64.b64encode(paper.read_bytes()).decode()])
    page.dispatch_event(".composer", "drop", {"dataTransfer": dropped})
    expect(page.locator(".attached li")).to_contain_text(re.compile(r"\d+ pages?"), timeout=60_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
