"""Drops passages whose documents were closed, withdrawn or deleted after retrieval."""

from collections import OrderedDict
from typing import TypeVar

from shared.events import DocumentAccessChanged, DocumentAmended, DocumentRemoved, Passage
from shared.security.acl import allows
from shared.security.capability import Right

FOR_GOOD = 1 << 62  # no amendment comes after a removal
REMEMBERED = 10_000  # documents; a change is needed for as long as a question waits
Lists = tuple[int, tuple[str, ...], tuple[str, ...]]
T = TypeVar("T")


class Revocations:
    """The changes of readers that this worker heard; what it did not hear was decided when the passages were found."""

    def __init__(self) -> None:
        self._lists: OrderedDict[str, Lists] = OrderedDict()
        self._gone: OrderedDict[str, tuple[int, bool]] = OrderedDict()  # the last change's number, and what it was

    def hear(self, event: DocumentAccessChanged) -> None:
        """Other lists; an older change that comes late is let go."""
        known = self._lists.get(event.document_id)
        if known is None or known[0] < event.access:
            _keep(self._lists, event.document_id, (event.access, event.allow, event.deny))

    def lose(self, event: DocumentRemoved | DocumentAmended) -> None:
        """Removed or withdrawn; a later amendment without that brings a withdrawn one back."""
        number, gone = (event.amendment, event.withdrawn) if isinstance(event, DocumentAmended) else (FOR_GOOD, True)
        if not number or number >= self._gone.get(event.document_id, (0, False))[0]:
            _keep(self._gone, event.document_id, (number, gone))

    def left(self, passages: tuple[Passage, ...], right: Right) -> tuple[Passage, ...]:
        """Those that the reader may still read."""
        return tuple(passage for passage in passages if self._open(passage.document_id, right))

    def _open(self, document: str, right: Right) -> bool:
        _, allow, deny = self._lists.get(document, (0, (), ()))
        return not self._gone.get(document, (0, False))[1] and allows(allow, deny, right.parties)


def _keep(kept: OrderedDict[str, T], document: str, value: T) -> None:
    kept[document] = value
    kept.move_to_end(document)
    while len(kept) > REMEMBERED:
        kept.popitem(last=False)
