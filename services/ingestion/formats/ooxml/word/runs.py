"""Text as Word shows it: moved away, symbols, tabs, hyphens that do not break, raised figures."""

from xml.etree.ElementTree import Element

from services.ingestion.formats.ooxml.word.wordml import W, child, children, parents, val, words

# Signs of the fonts Wingdings and Symbol that stand in forms and figures.
SIGNS = {
    0xF0FC: "✓", 0xF0FE: "☑", 0xF0A8: "☐", 0xF06F: "☐", 0xF0B0: "°", 0xF0B1: "±", 0xF0B3: "≥", 0xF0A3: "≤", 0xF06D: "μ",
    0xF057: "Ω", 0xF0D7: "×",
}  # fmt: skip
PRIVATE = range(0xF000, 0xF100)
GONE = ("moveFrom", "del")


def write_text(root: Element) -> None:
    """What was moved away or struck goes; symbols, tabs and hyphens become text; raised figures keep apart: `10^6`."""
    above = parents(root)
    for name in GONE:
        for gone in list(root.iter(W + name)):
            # Marks of deleted rows and paragraphs have no text in them; taking them away changes nothing.
            above[gone].remove(gone)
    for tab in [tab for tab in root.iter(f"{W}tab") if above[tab].tag == f"{W}r"]:
        _becomes(above, tab, " ")
    for hyphen in list(root.iter(f"{W}noBreakHyphen")):
        _becomes(above, hyphen, "-")
    for symbol in list(root.iter(f"{W}sym")):
        _becomes(above, symbol, _sign(symbol))
    for raised in root.iter(f"{W}r"):
        _raise(raised)


def _becomes(above: dict[Element, Element], element: Element, text: str) -> None:
    holder = above[element]
    holder[list(holder).index(element)] = words(text)


def _sign(symbol: Element) -> str:
    try:
        code = int(val(symbol, "char", "0"), 16)
    except ValueError:
        return ""
    if code in SIGNS or not code:
        return SIGNS.get(code, "")
    pictures = any(font in val(symbol, "font") for font in ("Symbol", "dings"))
    if code not in PRIVATE:
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
    return "•" if pictures else chr(code - 0xF000)


def _raise(run: Element) -> None:
    lifted, text = child(run, "rPr", "vertAlign"), child(run, "t")
    if val(lifted) == "superscript" and text is not None and text.text and text.text[:1].isalnum():
        text.text = f"^{text.text}"
    for about in children(run, "rPr"):
        if lifted is not None:
            about.remove(lifted)
