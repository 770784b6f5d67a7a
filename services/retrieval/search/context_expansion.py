"""Widens hits with the text around them on their page, within a token budget."""

import re
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import RowMapping

from services.retrieval.indexing.sql import point_id
from services.retrieval.text.bm25 import HAN
from shared.events import Passage

GOOD = 0.5  # of the best score: a poorer hit is not worth its neighbours
GAP = 4  # characters of white space between two chunks of a page


def cost(text: str) -> int:
    """Tokens, roughly and rather too many: one for a Chinese character, one for four others."""
    chinese = len(re.findall(HAN, text))
    return chinese + -(-(len(text) - chinese) // 4)


def beside(passages: Iterable[Passage]) -> list[str]:
    """The ids of the chunks before and after each."""
    return [point_id(p.document_id, p.revision, n) for p in passages for n in (p.chunk - 1, p.chunk + 1) if n >= 0]


def merged(passages: Sequence[Passage]) -> list[Passage]:
    """Hits that touch or overlap as one, in the better one's place."""
    found: list[Passage] = []
    for passage in passages:
        for at, other in enumerate(found):
            if both := joined(other, passage):
                found[at], passage = both, both
                break
        else:
            found.append(passage)
    return found if len(found) == len(passages) else merged(found)


def widened(passages: Sequence[Passage], rows: Mapping[str, RowMapping], tokens: int) -> list[Passage]:
    """The best hits first, each with the chunk after it and the one before, while `tokens` for all last."""
    left = tokens - sum(cost(passage.text) for passage in passages)
    found = list(passages)
    for at, hit in enumerate(passages):
        if hit.score < GOOD * passages[0].score:
            break
        for id in reversed(beside([hit])):
            both = joined(found[at], _chunk(rows[id], hit)) if id in rows else None
            more = cost(both.text) - cost(found[at].text) if both else 0
            if both and more <= left:
                found[at], left = both, left - more
    return merged(found)


def joined(one: Passage, other: Passage) -> Passage | None:
    """Both as one text of their page, nothing doubled; None when something else stands between them."""
    first, second = sorted((one, other), key=lambda passage: passage.start)
    body = second.end - second.start
    if _page(one) != _page(other) or not 0 < body <= len(second.text) or second.start > first.end + GAP:
        return None
    if second.end <= first.end:
        return _best(first, one, first.text, first.end)
    # A table that was cut has its header again, which is no text of the page.
    more = second.text[len(second.text) - body :][max(0, first.end - second.start) :]
    text = first.text + "\n" * max(0, second.start - first.end) + more
    return _best(first, one, text, second.end)


def _best(first: Passage, one: Passage, text: str, end: int) -> Passage:
    return one.model_copy(update={"start": first.start, "end": end, "text": text})


def _page(passage: Passage) -> tuple[str, int, int]:
    return passage.document_id, passage.revision, passage.page


def _chunk(row: RowMapping, hit: Passage) -> Passage:
    update = {name: row[name] for name in ("page", "start", "end", "text")}
    return hit.model_copy(update=update | {"chunk": row["n"]})
