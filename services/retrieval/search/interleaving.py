"""One order of several lists: a page that one strong query finds is not voted down by the others."""

from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest

from services.retrieval.query.title_terms import named
from services.retrieval.search.found import RankedPassage
from shared.events import DocumentHint

# Of 23 kept-back questions with planned queries, pages in the first five: interleaved .87, reciprocal ranks (k = 10)
# .70, the question alone .435.

LEAD = 3  # places of the question's own list before what rules look for: docs/decisions/0075


def interleaved(
    lists: Sequence[Sequence[RankedPassage]], limit: int, first: Sequence[RankedPassage] = ()
) -> list[RankedPassage]:
    """`first`, then the first of each list, the second of each …

    Among equals come those that more lists have, then those of earlier lists.
    """
    agreed = Counter(one.id for found in lists for one in found)
    kept = list(first)
    for row in zip_longest(*lists):
        for one in sorted(filter(None, row), key=lambda found: -agreed[found.id]):
            at = next((n for n, other in enumerate(kept) if _same(one, other)), None)
            if at is None:
                kept.append(one)
            else:
                kept[at] = kept[at]._replace(support=max(kept[at].support, one.support))
    return _descending(kept[:limit])


def beside(own: Sequence[RankedPassage], others: Sequence[Sequence[RankedPassage]], limit: int) -> list[RankedPassage]:
    """The question's own list, with what other lists find from the fourth place on."""
    return interleaved([*others, own[LEAD:]], limit, own[:LEAD]) if others else list(own[:limit])


def preferred(found: Sequence[RankedPassage], hints: Sequence[DocumentHint]) -> list[RankedPassage]:
    """Those first whose title has a name that the question gives; year and kind count among these."""
    return sorted(found, key=lambda one: -max((_meets(one.passage.title, hint) for hint in hints), default=0))


def _meets(title: str, hint: DocumentHint) -> int:
    words, name = set(named(title)), named(hint.name)
    # Names are written together in titles and apart in questions: the last term is all of them joined.
    if not name or not {name[0], name[-1]} & words:
        return 0
    return 1 + bool(hint.year and str(hint.year) in words) + bool(words.intersection(named(hint.kind)))


def _same(one: RankedPassage, other: RankedPassage) -> bool:
    return one.id == other.id or one.said.within(other.said)


def _descending(found: list[RankedPassage]) -> list[RankedPassage]:
    """No passage scores less than one behind it: what reads scores later sees this order."""
    best = 0.0
    for at in reversed(range(len(found))):
        best = max(best, found[at].passage.score)
        found[at] = found[at]._replace(passage=found[at].passage.model_copy(update={"score": best}))
    return found
