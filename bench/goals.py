"""What each set of questions is to reach, and whether it did."""

from collections.abc import Sequence
from typing import NamedTuple

BELOW = 0.005  # the better leg, at most, in MRR and in recall@5


class Figures(NamedTuple):
    """MRR and the share of questions whose first answer stands first, or among the first five."""

    mrr: float
    one: float
    five: float

    @classmethod
    def of(cls, ranks: Sequence[int | None]) -> "Figures":
        """From ranks that begin with 0."""
        reciprocal = sum(1 / (rank + 1) for rank in ranks if rank is not None)
        within = [sum(rank is not None and rank < k for rank in ranks) for k in (1, 5)]
        return cls(*(value / len(ranks) for value in (reciprocal, *within)))

    def told(self) -> list[str]:
        return [f"{value:.3f}" for value in self]


class Goal(NamedTuple):
    """What both legs together must reach; `above` is how far recall@5 lies over BM25's."""

    mrr: float = 0.0
    five: float = 0.0
    above: float = 0.0

    def told(self, fused: Figures, dense: Figures, lexical: Figures) -> str:
        """The goal, and whether it is reached."""
        parts = (("MRR ≥", self.mrr), ("recall@5 ≥", self.five), ("BM25's +", self.above))
        named = ", ".join(f"{name} {value}" for name, value in parts if value)
        enough = fused.mrr >= self.mrr and fused.five >= max(self.five, lexical.five + self.above)
        return f"{named}: {'reached' if enough and min(gaps(fused, dense, lexical)) >= -BELOW else 'MISSED'}"


GOALS = {
    "CMRC 2018": Goal(mrr=0.985, five=0.994),
    "financebench": Goal(five=0.88),
    "annual": Goal(five=0.60),
    "financebench, blind": Goal(five=0.88),
    "annual, blind": Goal(five=0.60),
    "sample company": Goal(five=0.80, above=0.25),
}


def gaps(fused: Figures, dense: Figures, lexical: Figures) -> tuple[float, float]:
    """How far fusion lies over the better leg, in MRR and in recall@5; below 0, under it."""
    return (
        round(fused.mrr - max(dense.mrr, lexical.mrr), 4),
        round(fused.five - max(dense.five, lexical.five), 4),
    )
