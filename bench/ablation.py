"""What each refinement of search is worth, and what weights do for a company that they were not chosen on."""

import asyncio
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bench.corpora import DATA, Corpus, blind, company, filings, naive
from bench.goals import Figures
from bench.kept import Kept
from bench.measured import Measured, opened, rank
from bench.quality import plain
from bench.refinements import CHOICES, OWN, WITHOUT, Patches, switched
from bench.tables import table
from services.retrieval.embedding.factory import open_embedder
from services.retrieval.search.answerability import CosineScale
from services.retrieval.settings import own
from services.retrieval.text import bm25

FOLDERS = {"financebench": ("financebench",), "annual": ("annual", "annual-in-chinese"), "sample company": ()}
FILED = ("financebench", "financebench, blind", "annual", "annual, blind")  # in the language of the filings


class Place(NamedTuple):
    """Whose papers answer a question, where the first right piece stands, and how much of the evidence is read.

    `read` is the share of its pages among the passages that an answer gets, where it has more than one.
    """

    company: str
    rank: int | None
    read: float | None = None


Places = dict[str, list[Place]]  # by set; with plans under another name
Tried = dict[str, Places]  # by what was changed


def asked(folder: str) -> list[Corpus]:
    """The sets of questions that are put to the same pieces."""
    return [filings(folder), *map(blind, FOLDERS[folder])] if FOLDERS[folder] else [company()]


def whose(corpus: Corpus) -> list[str]:
    """The company of each question."""
    return [corpus.pieces[min(question.gold)].title.partition("_")[0] for question in corpus.questions]


async def placed(measured: Measured, sets: Sequence[Corpus], planned: bool) -> Places:
    """Ranks of each set as it is searched now."""
    found = Places()
    for corpus in sets:
        plans = corpus.plans if planned else [()] * len(corpus.questions)
        name, places = f"{corpus.name}, plans" if planned else corpus.name, list[Place]()
        for company_of, question, plan in zip(whose(corpus), corpus.questions, plans, strict=True):
            order = await measured.together(question.text, plan)
            first = {measured.number[id] for id in order[: own().retrieval_passages]}
            read = sum(bool(first & page) for page in question.pages) / max(1, len(question.pages))
            several = len(question.pages) > 1
            places.append(Place(company_of, rank(measured, order, question.gold), read if several else None))
        found[name] = places
    return found


async def tried(folder: str, ways: Mapping[str, Patches], planned: bool) -> Tried:
    """Each way on one index."""
    embedder, found = Kept(open_embedder(own())), Tried()
    sets = asked(folder)
    async with opened(sets[0], embedder, await CosineScale.of(embedder)) as measured:
        for name, patches in ways.items():
            with switched(patches):
                found[name] = await placed(measured, sets, False)
                found[name] |= await placed(measured, sets, True) if planned else {}
    cut = [(corpus, naive(corpus.name)) for corpus in sets] if FOLDERS[folder] else []
    found["plain pieces"] = {
        corpus.name: [Place(*one) for one in zip(whose(corpus), await plain(pieces, embedder), strict=True)]
        for corpus, pieces in cut
    }
    return found


def figures(places: Iterable[Place]) -> str:
    """`.751 / .917`: MRR and recall@5."""
    told = Figures.of([place.rank for place in places])
    return f"{told.mrr:.3f} / {told.five:.3f}"


def worth(places: Iterable[Place]) -> tuple[float, float]:
    """What a choice goes by."""
    told = Figures.of([place.rank for place in places])
    return told.mrr + told.five, told.mrr


def changed(places: Places, usual: Places) -> str:
    """How many companies' MRR is lower without it, and of how many it is higher."""
    ranks, usually = by_company(places), by_company(usual)
    apart = [Figures.of(ranks[name]).mrr - Figures.of(usually[name]).mrr for name in ranks]
    return f"{sum(one < -1e-9 for one in apart)} / {sum(one > 1e-9 for one in apart)} of {len(apart)}"


def whole(places: Places, among: Iterable[str]) -> str:
    """The share of the pages of evidence that an answer gets, of questions that need more than one."""
    read = [place.read for name in among for place in places.get(name, ()) if place.read is not None]
    return f"{sum(read) / len(read):.3f}" if read else ""


def by_company(places: Places) -> dict[str, list[int | None]]:
    """Ranks of the questions on filings in their own language."""
    found = defaultdict[str, list[int | None]](list)
    for name in FILED:
        for place in places.get(name, ()):
            found[place.company].append(place.rank)
    return found


def left_out(found: Tried, ways: Iterable[str]) -> tuple[str, str]:
    """Figures of each company with the way that is best for all others, and which ways those were."""
    pooled = {way: [place for name in FILED for place in found[way].get(name, ())] for way in ways}
    taken, told = defaultdict[str, int](int), list[Place]()
    for name in {place.company for places in pooled.values() for place in places}:
        best = max(pooled, key=lambda way: worth(place for place in pooled[way] if place.company != name))
        taken[best] += 1
        told += [place for place in pooled[best] if place.company == name]
    return figures(told), ", ".join(f"{way} ({n})" for way, n in taken.items())


async def run(folders: Sequence[str]) -> None:
    """Both tables, of these folders or of all."""
    bm25.load()
    choices = {f"{name} {way}": given for name, some in CHOICES.items() for way, given in some.items()}
    found = Tried()
    for folder in folders or [one for one, blind_sets in FOLDERS.items() if not blind_sets or (DATA / one).is_dir()]:
        weighed = await tried(folder, choices, False) if FOLDERS[folder] else {}
        for name, places in (await tried(folder, WITHOUT, True) | weighed).items():
            found[name] = found.get(name, {}) | places
    sets, rows = list(found[OWN]), list[list[str]]()
    for name in (*WITHOUT, "plain pieces"):
        told = [figures(found[name][one]) if one in found[name] else "" for one in sets]
        rows.append([name, *told, whole(found[name], FILED), changed(found[name], found[OWN])])
    table("Without …: MRR / recall@5", ["without", *sets, "evidence", "companies worse / better"], rows)
    rows = []
    for name, some in CHOICES.items() if choices.keys() <= found.keys() else ():
        ways = [f"{name} {way}" for way in some]
        every = [figures(place for one in FILED for place in found[way].get(one, ())) for way in ways]
        rows.append([name, *map(" → ".join, zip(some, every, strict=True)), *left_out(found, ways)])
    table("Weights: MRR / recall@5", ["weight", "", "", "", "", "of the company left out", "chosen"], rows)


def main() -> None:
    asyncio.run(run([]))


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1:]))
