"""A DOCX whose XML spells out what Word computes when it shows it."""

import zipfile
from io import BytesIO
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from services.ingestion.formats.ooxml.hidden_content import WORDS, repacked
from services.ingestion.formats.ooxml.relationships import keep_prefixes, relations
from services.ingestion.formats.ooxml.word.comments import write_comments
from services.ingestion.formats.ooxml.word.drop_caps import join_drop_caps
from services.ingestion.formats.ooxml.word.grid import fill_grid
from services.ingestion.formats.ooxml.word.notes import write_notes
from services.ingestion.formats.ooxml.word.numbering import Numbering
from services.ingestion.formats.ooxml.word.runs import write_text

MAIN = "/officeDocument"
TEXTS = ("footnotes", "endnotes")
SAYING = (*TEXTS, "comments")


def rendered(data: bytes) -> bytes:
    """The same document for a reader that computes nothing. `data` has no hidden text any more."""
    try:
        return _rendered(data)
    except ElementTree.ParseError:
        return data  # the reader is more patient with damaged parts, and says so when it is not


def _rendered(data: bytes) -> bytes:
    with zipfile.ZipFile(BytesIO(data)) as box:
        names = set(box.namelist())
        main = next((part for kind, part in relations(box, "").values() if kind.endswith(MAIN)), "word/document.xml")
        if main not in names:
            return data
        about = {kind.rpartition("/")[2]: part for kind, part in relations(box, main).values() if part in names}
        # Under other names nobody has looked for hidden words.
        about = {kind: part for kind, part in about.items() if kind not in SAYING or WORDS.fullmatch(part)}
        document = _tree(box.read(main))
        parts = {kind: _tree(box.read(about[kind])) for kind in (*TEXTS, "numbering", "styles") if kind in about}
        texts = {kind: parts[kind] for kind in TEXTS if kind in parts}
        _spell_out(document, texts, Numbering(parts.get("numbering"), parts.get("styles")))
        if "comments" in about:
            write_comments(document, _tree(box.read(about["comments"])))
        changed = {main: document} | {about[kind]: root for kind, root in texts.items()}
        return repacked(box, {name: _bytes(root) for name, root in changed.items()})


def _spell_out(document: Element, texts: dict[str, Element], numbering: Numbering) -> None:
    for root in (document, *texts.values()):
        write_text(root)
        join_drop_caps(root)
        fill_grid(root)
    numbering.write(document)
    write_notes(document, texts)


def _tree(part: bytes) -> Element:
    keep_prefixes(part.decode("utf-8", "replace"))
    return ElementTree.fromstring(part)  # noqa: S314  zip_safety.py has refused every DTD


def _bytes(root: Element) -> bytes:
    # In ASCII, which is ElementTree's default, the reader loses Chinese paragraphs.
    found: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return found
