"""What a search has found, before it leaves."""

from datetime import datetime
from typing import NamedTuple

from services.retrieval.search.deduplication import ComparedPassage
from shared.events import Passage


class RankedPassage(NamedTuple):
    """A passage, what it says, how far it speaks about the question, and since when it is in force."""

    passage: Passage
    said: ComparedPassage
    support: float
    effective: datetime
    id: str = ""
    across: float = 0.0
