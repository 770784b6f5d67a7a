"""Real input as documents and questions: where it comes from, and which chunks answer what."""

import json
import os
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pypdfium2

from services.ingestion.sandbox.parse_worker import outcome

DATA = Path(os.environ.get("CLOISTER_BENCH_DATA", Path(__file__).parents[2] / "shared" / "data"))

BLIND, PLANS = Path(__file__).with_name("blind"), Path(__file__).with_name("plans")
NAIVE = 1_500  # characters
EXAMPLES = Path(__file__).parents[1] / "examples"


class Piece(NamedTuple):
    """A chunk as ingestion makes it."""

    title: str
    page: int
    heading: tuple[str, ...]
    text: str


class Question(NamedTuple):
    """What is asked, which pieces hold the answer, which are of the same source, and those of each page of evidence."""

    text: str
    gold: frozenset[int]
    source: frozenset[int]
    pages: tuple[frozenset[int], ...] = ()


class Corpus(NamedTuple):
    """Pieces and the questions put to them; `plans` are the queries that a model would search for each with, if any."""

    name: str
    pieces: list[Piece]
    questions: list[Question]
    plans: tuple[tuple[str, ...], ...] = ()


def cmrc() -> Corpus:
    """256 Chinese passages, each a document; a question is answered by any piece of its document."""
    pieces, questions = list[Piece](), list[Question]()
    for article in json.loads((DATA / "cmrc2018_trial.json").read_text())["data"]:
        for paragraph in article["paragraphs"]:
            title = f"{paragraph['id']}.txt"
            found = list(_pieces(paragraph["context"].encode(), title))
            gold = frozenset(range(len(pieces), len(pieces) + len(found)))
            pieces += found
            questions += [Question(asked["question"], gold, gold) for asked in paragraph["qas"]]
    planned = dict(zip(*_planned("cmrc"), strict=True))
    return Corpus("CMRC 2018", pieces, questions, tuple(planned.get(question.text, ()) for question in questions))


def filings(folder: str) -> Corpus:
    """Filings as PDF; a question is answered by the pages of its evidence, one more or less."""
    rows = json.loads((DATA / folder / "questions.json").read_text())
    return Corpus(folder, filed(folder), [_asked(filed(folder), row) for row in rows], _plans(folder, rows))


def blind(name: str) -> Corpus:
    """The same filings with questions of `bench/blind`: whoever wrote them had not seen how this searches."""
    folder = name.partition("-")[0]
    rows = [json.loads(line) for line in (BLIND / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    asked = [_asked(filed(folder), row) for row in rows]
    return Corpus(f"{name}, blind", filed(folder), asked, _plans(f"{name}-blind", rows))


def naive(name: str) -> Corpus:
    """The same questions to what costs nothing: each page cut every 1,500 characters, with the file's name in front."""
    folder, path = name.partition("-")[0].partition(",")[0], BLIND / f"{name.removesuffix(', blind')}.jsonl"
    given = path.read_text(encoding="utf-8").splitlines() if name.endswith("blind") else ()
    rows = [json.loads(line) for line in given] or json.loads((DATA / folder / "questions.json").read_text())
    return Corpus(f"{name}, naive pieces", _cut(folder), [_asked(_cut(folder), row) for row in rows])


@cache
def filed(folder: str) -> list[Piece]:
    """All pieces of a folder of filings."""
    paths = sorted((DATA / folder).glob("*.pdf"))
    return [piece for path in paths for piece in _pieces(path.read_bytes(), path.stem, path.name)]


@cache
def _cut(folder: str) -> list[Piece]:
    found = list[Piece]()
    for path in sorted((DATA / folder).glob("*.pdf")):
        for n, page in enumerate(pypdfium2.PdfDocument(path), 1):
            text = page.get_textpage().get_text_range()
            found += [Piece(path.stem, n, (), text[at : at + NAIVE]) for at in range(0, len(text), NAIVE)]
    return found


def _plans(name: str, rows: Sequence[dict[str, object]]) -> tuple[tuple[str, ...], ...]:
    """`bench/plans/README.md` says who wrote them."""
    asked, plans = _planned(name)
    if asked and asked != [row["question"] for row in rows]:
        raise ValueError(f"{PLANS / name}.jsonl plans other questions")
    return tuple(plans)


def _planned(name: str) -> tuple[list[str], list[tuple[str, ...]]]:
    """Questions and the queries of each."""
    path = PLANS / f"{name}.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []
    return [line["question"] for line in lines], [tuple(line["queries"]) for line in lines]


def company() -> Corpus:
    """The sample company, asked in words that its papers do not use; a question is answered by a page."""
    papers = sorted(path for path in (EXAMPLES / "company").glob("*/*"))
    pieces = [piece for path in papers for piece in _pieces(path.read_bytes(), path.name)]
    questions = list[Question]()
    lines = (EXAMPLES / "paraphrases.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    for row in rows:
        gold = {n for n, piece in enumerate(pieces) if (piece.title, piece.page) == (row["document"], row["page"])}
        source = {n for n, piece in enumerate(pieces) if piece.title == row["document"]}
        questions.append(Question(row["question"], frozenset(gold), frozenset(source)))
    return Corpus("sample company", pieces, questions, _plans("sample-company", rows))


def _asked(pieces: list[Piece], row: dict[str, object]) -> Question:
    name = str(row["doc_name"])
    company = name.split("_")[0]
    # questions.json counts pages from 0.
    numbers = sorted({item["page"] + 1 for item in row["evidence"]})  # type: ignore[attr-defined]
    pages = [
        frozenset(n for n, piece in enumerate(pieces) if piece.title == name and abs(piece.page - number) <= 1)
        for number in numbers
    ]
    source = frozenset(n for n, piece in enumerate(pieces) if piece.title.split("_")[0] == company)
    return Question(str(row["question"]), frozenset[int]().union(*pages), source, tuple(pages))


def _pieces(data: bytes, title: str, file: str = "") -> Iterator[Piece]:
    for _, text, page, heading, *_ in outcome(data, file or title)["chunks"]:
        yield Piece(title, page, tuple(heading), text)
