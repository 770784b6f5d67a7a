"""Is what was found about the question at all? Two signs, neither of which needs the corpus."""

import re
from array import array
from collections.abc import Sequence
from typing import NamedTuple, Self

from services.retrieval.embed import Embedder
from services.retrieval.terms import HAN
from services.retrieval.tokens import asked, hashes

# Calibrated by bench/quality.py: at ANSWER 99 % of the Chinese and 96 % of the English questions keep their passages;
# 60 and 67 % of those whose source is taken away get none, and 99 % of those put to the other set.
ANSWER = 0.45
SEARCH = 0.25
ALONE = 1.8  # coverage when no vector is worth anything: .25 of the terms are then enough
ABROAD = 1.25  # strength across languages runs lower: right answers had .40 to .78, all others under .30
PAIRS = (
    ("How many days of paid leave does one have?", "In the first year each employee has fifteen days of paid leave."),
    ("What does the contract say about late payment?", "Invoices paid thirty days late bear one percent a month."),
    ("员工入职第一年有多少天带薪年假？", "休假制度：员工入职第一年享有十五天带薪年假。"),
    ("服务器每天什么时候备份？", "备份在每天凌晨两点自动进行，保留三十天。"),
    ("Which tool tests the pressure of the boiler?", "The boiler's pressure is tested with the gauge in cabinet 7."),
    ("新客户的信用额度是多少？", "新客户的信用额度为十万元，由财务部每季度复核。"),
)  # fmt: skip


class Scale(NamedTuple):
    """A model's cosine of texts that have nothing to do with each other, and of a question and its answer."""

    unrelated: float
    related: float
    trusted: bool = True

    @classmethod
    async def of(cls, embedder: Embedder) -> Self:
        """Measured on six pairs, because each model has its own scale."""
        asked = await embedder.questions([pair[0] for pair in PAIRS])
        told = await embedder.passages([pair[1] for pair in PAIRS])
        table = [[sum(x * y for x, y in zip(a, b, strict=True)) for b in told] for a in asked]
        n = len(PAIRS)
        own = [row.pop(i) for i, row in enumerate(table)]
        nearest = sum(mine > max(row) for mine, row in zip(own, table, strict=True))
        return cls(sum(map(sum, table)) / (n * n - n), sum(own) / n, nearest >= n - 1)

    def strength(self, cosine: float | None) -> float | None:
        """0 for unrelated, 1 for an answer; None when the model cannot tell them apart."""
        if not self.trusted:
            return None
        return min(1.2, max(0.0, ((cosine or 0.0) - self.unrelated) / (self.related - self.unrelated)))


class Asked:
    """A question as evidence sees it: its terms and its script."""

    def __init__(self, text: str) -> None:
        self.terms = frozenset(hashes(asked(text)))
        self._han = chinese(text)

    def support(self, text: str, terms: frozenset[int], strength: float | None) -> float:
        """How far a passage of these terms speaks about the question, 0..1."""
        coverage = len(self.terms & terms) / len(self.terms) if self.terms else 0.0
        if strength is None:
            return min(1.0, ALONE * coverage)
        if self._han != chinese(text):  # another language shares no words
            return min(1.0, max(ABROAD * strength, (strength + coverage) / 2))
        return min(1.0, (strength + coverage) / 2)


def packed(terms: Sequence[int]) -> bytes:
    """Term hashes as a row keeps them, four bytes each."""
    return array("I", terms).tobytes()


def unpacked(kept: bytes) -> frozenset[int]:
    """The other way."""
    return frozenset(array("I", kept))


def chinese(text: str) -> bool:
    """Whether a fifth of the characters are Chinese."""
    return len(re.findall(HAN, text)) * 5 > len(text)
