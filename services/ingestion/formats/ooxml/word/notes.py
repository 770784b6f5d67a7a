"""Footnotes and endnotes: written below the paragraph that marks them, numbered as Word numbers them."""

from xml.etree.ElementTree import Element

from services.ingestion.formats.ooxml.word.wordml import W, parents, run, said, val, words

KINDS = (("footnotes", "footnoteReference", ""), ("endnotes", "endnoteReference", "e"))
NOTE = {"footnotes": f"{W}footnote", "endnotes": f"{W}endnote"}


def write_notes(document: Element, parts: dict[str, Element]) -> None:
    """Notes of `parts` (roots of `footnotes` and `endnotes`) move into the document. Marks are `[1]` and `[e1]`."""
    for name, reference, sign in KINDS:
        if (root := parts.get(name)) is not None:
            notes = {val(note, "id"): note for note in root.iter(NOTE[name]) if val(note, "type") in ("", "normal")}
            _place(document, notes, W + reference, sign)
            for note in notes.values():
                root.remove(note)


def _place(document: Element, notes: dict[str, Element], reference: str, sign: str) -> None:
    above, count = parents(document), 0
    for paragraph in list(document.iter(f"{W}p")):
        marks = [one for one in paragraph.iter(reference) if val(one, "id") in notes]
        # Only where there is one: looking for the place of each paragraph takes the square of their number.
        after = list(above[paragraph]).index(paragraph) + 1 if marks else 0
        for mark in marks:
            count += 1
            holder = above[mark]
            holder.insert(list(holder).index(mark), words(f"[{sign}{count}]"))
            holder.remove(mark)
            above[paragraph].insert(after, _below(f"[{sign}{count}]", notes[val(mark, "id")]))
            after += 1


def _below(mark: str, note: Element) -> Element:
    text = " ".join(filter(None, (said(paragraph).strip() for paragraph in note.iter(f"{W}p"))))
    found = Element(f"{W}p")
    found.append(run(f"{mark} {text}"))
    return found
