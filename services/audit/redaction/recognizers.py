"""What is recognised, in this order: a mobile number may pass for a bank card, not the reverse.

`\\b` is never used: beside a Chinese character it does not hold.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from stdnum import iban, luhn
from stdnum.cn import ric, uscc
from stdnum.us import ssn

BEFORE, AFTER = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
Valid = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Recognizer:
    """`pattern` finds candidates, `valid` checks them; what holds is replaced by `<name>`."""

    name: str
    pattern: re.Pattern[str]
    valid: Valid = lambda _: True


def _compact(text: str) -> str:
    return re.sub(r"[ \-]", "", text)


def _identity(text: str) -> bool:
    """A Chinese identity number: its checksum, or at least a real date of birth in it (a typing error still names)."""
    if ric.is_valid(text):
        return True
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    return 1900 <= born.year <= date.today().year


def _ten(text: str) -> bool:
    return 10 <= len(re.sub(r"\D", "", text)) <= 15


def _pattern(middle: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(BEFORE + middle + AFTER, flags)


BUILT_IN = (
    Recognizer(
        "email", re.compile(r"(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
    ),
    Recognizer("id-number", _pattern(r"[1-9]\d{16}[\dXx]"), lambda text: _identity(text.upper())),
    Recognizer("company-number", _pattern(r"[0-9A-HJ-NP-RT-UWXY]{18}"), uscc.is_valid),
    Recognizer("iban", _pattern(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?"), iban.is_valid),
    Recognizer("phone", _pattern(r"(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}")),
    Recognizer("phone", _pattern(r"0\d{2,3}[ -]\d{7,8}")),
    Recognizer("bank-card", _pattern(r"\d(?:[ -]?\d){11,18}"), lambda text: luhn.is_valid(_compact(text))),
    Recognizer("ssn", _pattern(r"\d{3}-\d{2}-\d{4}"), ssn.is_valid),
    Recognizer("passport", _pattern(r"(?:[EGDSPH]\d{8}|E[A-HJ-NP-Z]\d{7})")),
    Recognizer("phone", re.compile(r"(?<![0-9A-Za-z+])\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,5}" + AFTER), _ten),
)
