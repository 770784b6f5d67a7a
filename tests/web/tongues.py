"""Which words of a view are not of its language: neither the page's own nor what people wrote."""

import re
from collections.abc import Iterable
from typing import Any

from playwright.sync_api import Page

from client import Http
from tests.web.visitor import Visitors

# Fields whose texts people or other systems wrote; what stands in other fields is the page's or the server's to say.
WRITTEN = (
    "title", "name", "username", "workspace", "workspaces", "groups", "group", "to", "principal", "by", "owner", "host",
    "folder", "path", "question", "text", "quote", "heading", "comment", "note", "document", "documents", "subject",
    "about", "id", "source", "source_title", "issuer", "address", "rule", "models", "model", "worker", "pool", "cron",
    "timezone", "zone", "statement", "key", "holders", "allow", "deny", "acknowledged_by", "trace", "department",
    "agent", "examples", "unit", "reader", "readers",
)  # fmt: skip
COUNTED = ("departments", "workspaces", "gpu_seconds", "costs")  # what is counted is written by people, too
NAMES = (
    "Cloister", "API", "GPU", "CPU", "HTTP", "SQL", "JSON", "CSV", "PDF", "Word", "Markdown", "MRR", "nDCG", "KiB",
    "MiB", "UTC", "Cookie", "Cookies", "Enter", "Shift", "Esc", "Ctrl", "Chrome", "Firefox", "Linux", "URL",
    "DOCX", "XLSX", "PPTX", "HTML", "EML", "MSG", "MBOX", "ZIP",
)  # fmt: skip
HEAR = """(([written, counted]) => {
  window.heard = new Set()
  const keep = (value, field) => {
    if (Array.isArray(value)) value.forEach((one) => keep(one, field))
    else if (value && typeof value === 'object') {
      if (counted.includes(field)) Object.keys(value).forEach((name) => heard.add(name))
      Object.entries(value).forEach(([name, one]) => keep(one, name))
    } else if (typeof value === 'string' && written.includes(field)) {
      heard.add(value).add(value.replace(/^(person|group|role):/, ''))  // the page shows a principal by its name
    }
  }
  const labels = (text) => { for (const [, label] of text.matchAll(/="([^"]*)"/g)) heard.add(label) }
  const told = (text) => { for (const [, data] of text.matchAll(/^data: (\\{.*)$/gm)) keep(JSON.parse(data)) }
  const real = window.fetch
  window.fetch = async (...given) => {
    const reply = await real(...given)
    const kind = reply.headers.get('content-type') ?? ''
    if (kind.startsWith('application/json')) keep(await reply.clone().json().catch(() => null))
    if (kind.startsWith('text/event-stream')) void reply.clone().text().then(told, () => {})
    if (kind.startsWith('text/plain')) labels(await reply.clone().text())
    return reply
  }
})"""
# What one sees and what a screen reader says; an answer, its quotes and what is marked as of another language are not.
SHOWN = """() => {
  const found = [document.title]
  const other = 'script, style, code, pre, kbd, mark, blockquote, .answer, .reasoning, .excerpt, .question, body [lang]'
  document.querySelectorAll('details').forEach((one) => { one.open = true })
  const seen = (one) => !one.closest(other) && (one.tagName === 'OPTION' || one.checkVisibility())
  for (const one of document.body.querySelectorAll('*')) {
    if (!seen(one)) continue
    for (const name of ['aria-label', 'placeholder', 'title', 'alt', 'data-label']) found.push(one.getAttribute(name))
    for (const part of one.childNodes) if (part.nodeType === Node.TEXT_NODE) found.push(part.data)
  }
  return found.filter(Boolean)
}"""
TYPED = re.compile(r"[A-Za-z0-9_-]+(?:[:/@._]+[A-Za-z0-9_-]+)+|`[^`]+`|[0-9a-f]{8,}")  # addresses, files, codes
ENGLISH = re.compile(r"[A-Za-z]{2,}|(?<=\d )(?:s|h|min)\b")
CHINESE = re.compile(r"[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef]+")


def opened(visitors: Visitors, who: Http, language: str, **more: Any) -> Page:
    """A page that keeps what people wrote as it is told it, from its first call on."""
    page = visitors.open(who, language=language, path="/icon.svg", **more)
    page.add_init_script(f"{HEAR}({[list(WRITTEN), list(COUNTED)]})")
    page.goto("/")
    return page


def foreign(page: Page, language: str) -> list[str]:
    """Texts and labels that are seen now and have words of the other language, each with those words."""
    texts = page.evaluate(SHOWN)  # first: what is shown was heard before
    written = sorted(page.evaluate("[...heard]"), key=len, reverse=True)
    return [f"{words} in {text!r}" for text in texts if (words := strange(text, language, written))]


def strange(text: str, language: str, written: Iterable[str] = ()) -> list[str]:
    """Words of a text that are of the other language and not written by people, longest first in `written`."""
    for one in (*written, *NAMES):
        if len(one) > 1 and one in text:
            text = re.sub(rf"(?<![A-Za-z]){re.escape(one)}(?![A-Za-z])", " ", text)
    return ENGLISH.findall(TYPED.sub(" ", text)) if language == "zh" else CHINESE.findall(text)


def speak(page: Page, language: str) -> None:
    """Choose the language of the page, as people do, and leave the settings."""
    page.locator("#question, main").first.wait_for()
    if not page.locator(".account-button").is_visible():
        page.locator(".topbar button").first.click()
    page.locator(".account-button:visible").click()
    page.locator(".settings select").first.select_option(language)
    page.keyboard.press("Escape")
    if page.get_by_role("dialog").is_visible():
        page.keyboard.press("Escape")
