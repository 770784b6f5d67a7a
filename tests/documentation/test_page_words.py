"""What the server says by a code or in fixed words has words in the page, in both languages."""

import re
import tomllib

import pytest

from shared.registry import services
from tests.documentation.events import ROOT

WORDS = ROOT / "web" / "src" / "core" / "words"
CHECK = re.compile(r'@service\.check\("(\w+)"\)')
REFUSED = re.compile(r'Refused\(\s*"(\w+)"')


def test_each_reason_of_a_watched_folder_has_a_chinese_sentence() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "client" / "sync").rglob("*.py")]
    given = {reason for text in sources for reason in REFUSED.findall(text)} | {"unreadable"}
    assert given - named("refusals_zh.ts", "") == set()


def test_each_rule_that_is_shipped_has_chinese_words() -> None:
    rules = tomllib.loads((ROOT / "services" / "audit" / "rules" / "default.toml").read_text(encoding="utf-8"))["rule"]
    text = (WORDS / "admin_zh.ts").read_text(encoding="utf-8")
    assert [rule["why"] for rule in rules if f"'{rule['why']}': '" not in text] == []


@pytest.mark.parametrize("file", ["admin_en.ts", "admin_zh.ts"])
def test_each_service_and_check_of_readyz_has_a_name(file: str) -> None:
    handlers = [path.read_text(encoding="utf-8") for path in (ROOT / "services").glob("*/handlers.py")]
    checks = {name for text in handlers for name in CHECK.findall(text)} | {"bus"}
    assert (set(services()) | {"process"} | checks) - named(file, "parts") == set()


def named(file: str, part: str) -> set[str]:
    """The names of the texts of a file, or of one object in it."""
    text = (WORDS / file).read_text(encoding="utf-8")
    return set(re.findall(r"(\w+): ['(]", text.partition(f" {part}: {{")[2].partition("}")[0] if part else text))
