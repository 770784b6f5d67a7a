"""Reading and building elements of WordprocessingML."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
OFF = ("0", "false", "off")


def val(element: Element | None, name: str = "val", default: str = "") -> str:
    """An attribute, or `default` where the element or the attribute is missing."""
    return default if element is None else element.get(W + name, default)


def number(element: Element | None, name: str = "val", default: int = 0) -> int:
    """An attribute as a number; what reads as none is `default`."""
    text = val(element, name)
    return int(text) if text.isdecimal() and len(text) < 7 else default


def on(element: Element | None) -> bool:
    """A switch is on when it is there and not turned off."""
    return element is not None and val(element, default="1") not in OFF


def run(text: str) -> Element:
    found = Element(f"{W}r")
    found.append(words(text))
    return found


def words(text: str) -> Element:
    found = Element(f"{W}t", {SPACE: "preserve"})
    found.text = text
    return found


def said(element: Element) -> str:
    return "".join(text.text or "" for text in element.iter(f"{W}t"))


def parents(root: Element) -> dict[Element, Element]:
    return {child: element for element in root.iter() for child in element}


def children(element: Element | None, *path: str) -> Iterator[Element]:
    """The elements at the end of a path of names."""
    if element is not None:
        yield from element.iterfind("/".join(W + name for name in path))


def child(element: Element | None, *path: str) -> Element | None:
    return next(children(element, *path), None)
