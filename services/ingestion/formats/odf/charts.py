"""The figures of charts in OpenDocument texts and slides."""

import posixpath
import zipfile
from collections.abc import Callable
from xml.etree import ElementTree

from services.ingestion.formats.odf.hidden_content import CONTENT, attribute, local

Element = ElementTree.Element
NAMES = ("title", "subtitle")


class Charts:
    """Those of one file, each once: it must not grow by naming one many times. `table` writes a table as Markdown."""

    def __init__(self, box: zipfile.ZipFile, table: Callable[[Element], str]) -> None:
        embedded = [name for name in box.namelist() if name != CONTENT and posixpath.basename(name) == CONTENT]
        self._parts, self._table = {posixpath.dirname(name): box.read(name) for name in embedded}, table

    def told(self, drawn: Element) -> str:
        """Title and figures of the chart that an embedded object is; empty for other objects."""
        part = self._parts.pop(posixpath.normpath(attribute(drawn, "href")), b"")
        try:
            root = ElementTree.fromstring(part)  # noqa: S314  zip_safety.py has refused every DTD
        except ElementTree.ParseError:  # damaged, or none: the text around it is read all the same
            return ""
        charts = [one for one in root.iter() if local(one) == "chart"]
        return "\n\n".join(filter(None, (self._piece(one) for chart in charts for one in chart)))

    def _piece(self, element: Element) -> str:
        if local(element) == "table":
            return self._table(element)
        return " ".join("".join(element.itertext()).split()) if local(element) in NAMES else ""
