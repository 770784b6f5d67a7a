"""Large first letters of Word: paragraphs of their own in the file, the beginning of the next one on the page."""

from xml.etree.ElementTree import Element

from services.ingestion.formats.ooxml.word.wordml import W, child, children, said, val

KINDS = ("drop", "margin")
LONGEST = 10  # characters: more is a frame, not a letter


def join_drop_caps(root: Element) -> None:
    """The letter begins the paragraph after it."""
    for holder in [one for one in root.iter() if any(map(_is_cap, one))]:
        letter: Element | None = None
        for element in list(holder):
            if letter is not None and element.tag == f"{W}p":
                at = 0 if (about := child(element, "pPr")) is None else list(element).index(about) + 1
                element[at:at] = list(children(letter, "r"))
                holder.remove(letter)
            letter = element if _is_cap(element) else None


def _is_cap(element: Element) -> bool:
    framed = child(element, "pPr", "framePr") if element.tag == f"{W}p" else None
    return val(framed, "dropCap") in KINDS and len(said(element)) <= LONGEST
