"""States rows of business sources in words by rule, so that the figures are exact with any model."""

from services.inference.output.sanitizer import Sanitizer
from shared.events import Passage


def stated(passages: tuple[Passage, ...], hosts: frozenset[str], hidden: frozenset[str] = frozenset()) -> str:
    """Each result with the number of its passage behind the heading; those of `hidden` workspaces are left out."""
    shown = [(n, one.data) for n, one in enumerate(passages, 1) if one.data and one.workspace not in hidden]
    found = [_marked(n, rows.answer) for n, rows in shown]
    cleaner = Sanitizer(len(passages), hosts)
    return cleaner.feed("\n\n".join(found)) + cleaner.finish()


def _marked(n: int, answer: str) -> str:
    heading, line, rest = answer.partition("\n")
    return f"{heading} [{n}]{line}{rest}"
