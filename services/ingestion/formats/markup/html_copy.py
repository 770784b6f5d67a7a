"""Copies HTML as it is written, for readers that leave parts of it out or put some in."""

from html.parser import HTMLParser


class HtmlCopy(HTMLParser):
    """Each piece that is read is given to `keep`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []

    def keep(self, text: str) -> None:
        """Part of the copy."""
        self.out.append(text)

    def copied(self, text: str) -> str:
        """The whole of it."""
        self.feed(text)
        self.close()
        return "".join(self.out)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.keep(self.get_starttag_text() or "")

    def handle_data(self, data: str) -> None:
        self.keep(data)

    def handle_entityref(self, name: str) -> None:
        self.keep(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.keep(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self.keep(f"<!{decl}>")
