"""Fits passages into the token budget and keeps the sentences that matter most to the question."""

from dataclasses import dataclass

from services.inference.prompt.words import overlap, sentences, words
from shared.events import Passage

LEAST = 60  # tokens: less than this of a passage tells nothing


@dataclass(frozen=True)
class FittedPassages:
    """In document order, with how many had to be `shortened` or `left_out`."""

    passages: tuple[Passage, ...]
    shortened: int
    left_out: int


def fit(question: str, passages: tuple[Passage, ...], costs: list[int], budget: int, most: int = 20) -> FittedPassages:
    """`passages` best first, `costs` and `budget` in tokens. Short ones leave of their share to others."""
    kept = min(len(passages), most, max(1, budget // LEAST))
    shares = _shares(costs[:kept], budget)
    wanted, shortened, fitted = words(question), 0, []
    for passage, cost, share in zip(passages, costs, shares, strict=False):
        if cost > share:
            shortened += 1
            text = excerpt(passage.text, wanted, max(1, len(passage.text) * share // cost))
            start = passage.start + passage.text.find(text)
            passage = passage.model_copy(update={"text": text, "start": start, "end": start + len(text)})
        fitted.append(passage)
    fitted.sort(key=lambda passage: (passage.document_id, passage.page, passage.chunk))
    return FittedPassages(tuple(fitted), shortened, len(passages) - kept)


def excerpt(text: str, wanted: frozenset[str], size: int) -> str:
    """The run of whole sentences of at most `size` characters that holds most of the wanted words."""
    spans = sentences(text) or [(0, len(text))]
    worth = [overlap(wanted, text[start:end]) for start, end in spans]
    best, found = -1.0, (spans[0][0], spans[0][0] + size)
    first, total = 0, 0.0
    for last, (_, end) in enumerate(spans):
        total += worth[last]
        while first <= last and end - spans[first][0] > size:
            total -= worth[first]
            first += 1
        if first <= last and total > best:
            best, found = total, (spans[first][0], end)
    if best < max(worth):  # the one that matters is longer than the budget: its beginning
        start = spans[worth.index(max(worth))][0]
        found = (start, start + size)
    return text[found[0] : found[1]]


def _shares(costs: list[int], budget: int) -> list[int]:
    shares, left = [0] * len(costs), budget
    for rank, i in enumerate(sorted(range(len(costs)), key=costs.__getitem__)):
        shares[i] = min(costs[i], left // (len(costs) - rank))
        left -= shares[i]
    return shares
