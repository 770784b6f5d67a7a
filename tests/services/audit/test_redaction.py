"""What names somebody is taken out, in Chinese text too; what only looks like it stays."""

import socket
import sys
from pathlib import Path

import pytest

from services.audit.redaction import Redactor, open_redactor
from shared.errors import NotReady

REDACTOR = Redactor()


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("身份证号11010519491231002X请核对", "身份证号<id-number>请核对"),
        ("身份证１１０１０５１９４９１２３１００２Ｘ。", "身份证<id-number>。"),
        ("a typing error 110105194912310021 names her too", "a typing error <id-number> names her too"),
        ("电话13812345678，邮箱zhang.wei@example.cn", "电话<phone>，邮箱<email>"),
        ("+86 138 1234 5678 or 138-1234-5678", "<phone> or <phone>"),
        ("座机010-12345678", "座机<phone>"),
        ("卡号6222021234567890128有误", "卡号<bank-card>有误"),
        ("card 4111 1111 1111 1111 expired", "card <bank-card> expired"),
        ("统一社会信用代码91110000600037341L的公司", "统一社会信用代码<company-number>的公司"),
        ("IBAN DE89 3704 0044 0532 0130 00 please", "IBAN <iban> please"),
        ("护照E12345678过期", "护照<passport>过期"),
        ("SSN 536-90-4399", "SSN <ssn>"),
        ("call +49 30 901820 now", "call <phone> now"),
        ("mail.me+news@sub.example.com.", "<email>."),
    ],
)
def test_what_names_somebody_is_replaced_by_its_kind(text: str, redacted: str) -> None:
    assert REDACTOR.text(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "The limit is 180 US dollars a night.",
        "订单号4111111111111112未付",
        "20261128 和 2026-11-28 都是日期",
        "3.14159265358979",
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "99999919991399002X",
        "DE00370400440532013000",
        "价格是12,345,678.90元",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert REDACTOR.text(text) == text


def test_every_text_inside_is_looked_at() -> None:
    told = {"to": ["13812345678", 7], "note": {"mail": "a@b.cn"}}
    assert REDACTOR.value(told) == {"to": ["<phone>", 7], "note": {"mail": "<email>"}}


def test_own_patterns_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "patterns.toml"
    path.write_text("[patterns]\nemployee-number = '(?<!\\w)E-\\d{5}(?!\\d)'\n")
    assert open_redactor(path).text("员工E-12345") == "员工E-12345"
    path.write_text("[patterns]\nemployee-number = '(?<![A-Za-z0-9])E-\\d{5}(?!\\d)'\n")
    assert open_redactor(path).text("员工E-12345说") == "员工<employee-number>说"


def test_a_pattern_that_is_none_stops_the_start_in_words(tmp_path: Path) -> None:
    path = tmp_path / "patterns.toml"
    path.write_text("[patterns]\nbad = '('\n")
    with pytest.raises(NotReady, match="CLOISTER_AUDIT_PATTERNS"):
        open_redactor(path)


def test_presidio_recognises_numbers_of_other_countries_and_asks_nobody_on_the_internet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: pytest.fail("a name was looked up"))
    text = "NHS 943 476 5919, Bitcoin 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa,服务器10.1.2.3，邮箱a@b.com"
    assert Redactor().text(text) == text.replace("a@b.com", "<email>")
    redacted = open_redactor(None, presidio=True).text(text)
    assert "<crypto>" in redacted
    assert "943 476 5919" not in redacted
    assert redacted.endswith("邮箱<email>")


def test_presidio_that_is_not_installed_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "presidio_analyzer", None)
    with pytest.raises(NotReady, match="--extra presidio"):
        open_redactor(None, presidio=True)
