"""Comments of Word: each below the paragraph that it stands at, with its author and the words that it is about."""

from xml.etree.ElementTree import Element

from services.ingestion.formats.ooxml.remarks import QUOTED, remark
from services.ingestion.formats.ooxml.word.runs import write_text
from services.ingestion.formats.ooxml.word.wordml import W, parents, run, said, val


def write_comments(document: Element, comments: Element) -> None:
    """`comments` is the root of that part. One that nothing in the document refers to is left out, as in Word."""
    write_text(comments)
    given = {val(one, "id"): one for one in comments.iter(f"{W}comment")}
    about = _anchors(document, given)
    above = parents(document)
    for paragraph in list(document.iter(f"{W}p")):
        marks = [val(one, "id") for one in paragraph.iter(f"{W}commentReference")]
        # Each once: a file that refers to one many times must not grow by it.
        found = [_below(given.pop(mark), about.get(mark, "")) for mark in marks if mark in given]
        if found:
            holder = above[paragraph]
            after = list(holder).index(paragraph) + 1
            holder[after:after] = found


def _anchors(document: Element, given: dict[str, Element]) -> dict[str, str]:
    """The first words of each commented range."""
    found, opened = dict[str, str](), set[str]()
    for element in document.iter():
        if element.tag == f"{W}commentRangeStart" and val(element, "id") in given:
            opened.add(val(element, "id"))
        elif element.tag == f"{W}commentRangeEnd":
            opened.discard(val(element, "id"))
        elif text := " " if element.tag == f"{W}p" else element.text if element.tag == f"{W}t" else "":
            for one in opened:
                found[one] = found.get(one, "") + text
            opened -= {one for one in opened if len(found[one]) > QUOTED}
    return found


def _below(comment: Element, anchor: str) -> Element:
    text = " ".join(said(paragraph) for paragraph in comment.iter(f"{W}p"))
    found = Element(f"{W}p")
    found.append(run(remark(val(comment, "author"), text, anchor)))
    return found
