"""The number formats of a workbook's cell styles, and numbers written in them."""

import re
from functools import lru_cache
from xml.etree.ElementTree import Element

from xlfmt import format_value

# ECMA-376, part 1, 18.8.30: formats that a workbook uses without declaring them. 14 to 17 and 22 are days.
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)",
    39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0",
}  # fmt: skip
PLAIN = ("General", "@", "")
LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]')
DAY = re.compile(r"[yd]", re.I)


def formats_of(styles: Element | None) -> tuple[str, ...]:
    """The format of each cell style by its number; empty where the reader shows the number well already."""
    if styles is None:
        return ()
    own = {one.get("numFmtId"): one.get("formatCode", "") for one in styles.iterfind("{*}numFmts/{*}numFmt")}
    used = [one.get("numFmtId", "0") for one in styles.iterfind("{*}cellXfs/{*}xf")]
    return tuple(_needed(own.get(id, BUILT_IN.get(int(id), "") if id.isdecimal() else "")) for id in used)


def _needed(form: str) -> str:
    """Days are read as ISO dates, which are found whatever the format."""
    return "" if form in PLAIN or DAY.search(LITERAL.sub("", form)) else form


@lru_cache(65_536)
def shown(number: str, form: str, from_1904: bool) -> str:
    """The text of the cell; the number itself where the format cannot show it (`######`)."""
    try:
        text = str(format_value(float(number), form, from_1904)).strip()
    except (ValueError, ArithmeticError):
        return number
    return number if not text or text.strip("#") == "" else text
