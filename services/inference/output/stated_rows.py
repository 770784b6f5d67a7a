"""Rows of business sources in words that were made from them by rule: exact, whichever the model."""

from services.inference.output.sanitizer import Sanitizer
from shared.events import Passage


def stated(passages: tuple[Passage, ...], hosts: frozenset[str]) -> str:
    """Each result with the number of its passage behind the heading; empty when no passage holds rows."""
    found = [_marked(n, passage.data.answer) for n, passage in enumerate(passages, 1) if passage.data]
    cleaner = Sanitizer(len(passages), hosts)
    return cleaner.feed("\n\n".join(found)) + cleaner.finish()


def _marked(n: int, answer: str) -> str:
    heading, line, rest = answer.partition("\n")
    return f"{heading} [{n}]{line}{rest}"
