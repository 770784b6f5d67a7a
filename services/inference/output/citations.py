"""Builds citations with quotes from an answer's markers, and adds the markers that it lacks."""

import re

from services.inference.output.citation_markers import CITED, cited
from services.inference.output.quotes import quoted
from services.inference.prompt.messages import not_held
from services.inference.prompt.statements import QUOTE, told
from services.inference.prompt.words import overlap, sentences, words
from shared.events import Citation, Passage, RowSet
from shared.language import chinese

REQUEST, FILE = "data:request:", "data:request:file:"
SUPPORT = 0.5  # of a sentence's words in the passage: below it the sentence is the model's own
# Labels of passages that were found beside those that the answer uses.
ALSO = ("Also found: ", "另外找到：")
BESIDE = re.compile(rf"\n\n(?:{'|'.join(ALSO)})(?:\[\d{{1,3}}\])+")
MOST = 4  # passages that are named for a model
# Of the best score. In bench/quality.py a question of a filing then names 3.2 passages, 20 of 24 with the evidence;
# the sample company's 41 questions name 1.1, each with the document and page that answer it.
NEAR = 0.7


def owed(answer: str, question: str, passages: tuple[Passage, ...], weak: bool = False) -> str:
    """What to add to an answer that marks nothing: the passages that it uses, else those that scored best as found.

    A weak model's answer always names those beside its marks.
    """
    marked = cited(answer)
    if (marked and not weak) or answer.strip().startswith(not_held(question)):
        return ""
    found = attributed(answer, passages)
    if found and not weak:
        return " " + _marks(found[:MOST])
    used = [n for n in found if n not in marked][: MOST - len(marked)]
    beside = [n for n in consulted(passages) if n not in (*marked, *used)][: MOST - len(marked) - len(used)]
    labels = ("\n\n来源：", f"\n\n{ALSO[1]}") if chinese(question) else ("\n\nSources: ", f"\n\n{ALSO[0]}")
    return "".join(label + _marks(sorted(one)) for label, one in zip(labels, (used, beside), strict=True) if one)


def unused(answer: str) -> frozenset[int]:
    """The passages that an answer only names as found beside: none of its sentences rests on them."""
    tail = BESIDE.search(answer)
    return frozenset(cited(answer)) - frozenset(cited(answer[: tail.start()])) if tail else frozenset()


def consulted(passages: tuple[Passage, ...]) -> list[int]:
    """The numbers of the passages that scored nearly as well as the best, best first."""
    order = sorted(range(1, len(passages) + 1), key=lambda n: -passages[n - 1].score)
    return [n for n in order if passages[n - 1].score >= NEAR * passages[order[0] - 1].score]


def attributed(answer: str, passages: tuple[Passage, ...]) -> list[int]:
    """The passages that hold most of the words of the answer's sentences, in the order of the sentences."""
    found: list[int] = []
    for start, end in sentences(answer):
        wanted = words(CITED.sub("", answer[start:end]))
        shares = [overlap(wanted, passage.text) for passage in passages]
        best = max(shares, default=0)
        if best >= SUPPORT:
            found.append(shares.index(best) + 1)
    return list(dict.fromkeys(found))


def citations(answer: str, question: str, passages: tuple[Passage, ...]) -> tuple[Citation, ...]:
    """One for each passage that the answer marks."""
    made = (_citation(n, answer, question, passages[n - 1]) for n in cited(answer) if n <= len(passages))
    beside = unused(answer)
    return tuple(one.model_copy(update={"used": False}) if one.n in beside else one for one in made)


def _citation(n: int, answer: str, question: str, passage: Passage) -> Citation:
    if passage.data:
        return _of_rows(n, passage, passage.data)
    # What the caller sent is not kept with the answer; the files of a conversation are kept with it.
    if passage.document_id.startswith(REQUEST) and not passage.document_id.startswith(FILE):
        return Citation(
            n=n,
            document_id=passage.document_id,
            revision=1,
            workspace=passage.workspace,
            title=passage.title,
            page=1,
            quote="",
        )
    said = " ".join(answer[start:end] for start, end in sentences(answer) if f"[{n}]" in answer[start : end + 5])
    start, end = quoted(passage, words(CITED.sub("", said)) | words(question))
    return Citation(
        n=n,
        document_id=passage.document_id,
        revision=passage.revision,
        workspace=passage.workspace,
        title=passage.title,
        page=passage.page,
        heading=" › ".join(passage.heading),
        quote=told(passage.text, start, end)[:QUOTE] or passage.title,
        start=passage.start + start,
        end=passage.start + end,
    )


def _of_rows(n: int, passage: Passage, rows: RowSet) -> Citation:
    """The query with its rows: what opens as a table."""
    place = {"document_id": passage.document_id, "revision": passage.revision, "workspace": passage.workspace}
    quote = " ".join(rows.answer.split())[:QUOTE]
    return Citation(n=n, **place, title=passage.title, page=1, heading=rows.title, quote=quote, data=rows)


def _marks(numbers: list[int]) -> str:
    return "".join(f"[{n}]" for n in numbers)
