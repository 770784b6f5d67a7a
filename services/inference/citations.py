"""An answer and its passages in; the marks it still owes, and citations with their quotes, out."""

from services.inference.marks import CITED, cited
from services.inference.prompt import not_held
from services.inference.words import chinese, overlap, sentences, words
from shared.events import Citation, Passage

SUPPORT = 0.5  # of a sentence's words in the passage: below it the sentence is the model's own
QUOTE = 300  # characters
MOST = 4  # passages named without a mark of the model's own


def owed(answer: str, question: str, passages: tuple[Passage, ...], at_least: int) -> str:
    """What to add to an answer that marks fewer than `at_least` passages: by attribution, else all it was given."""
    marked = cited(answer)
    if len(marked) >= min(at_least, len(passages)) or answer.strip().startswith(not_held(question)):
        return ""
    found = [n for n in attributed(answer, passages) if n not in marked]
    if not marked and found and at_least == 1:
        return " " + _marks(found[:MOST])
    by_score = sorted(range(1, len(passages) + 1), key=lambda n: -passages[n - 1].score)
    rest = [n for n in dict.fromkeys([*found, *by_score]) if n not in marked]
    label = "\n\n来源：" if chinese(question) else "\n\nSources: "
    return label + _marks(sorted(rest[: MOST if at_least == 1 else at_least - len(marked)]))


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
    return tuple(_citation(n, answer, question, passages[n - 1]) for n in cited(answer) if n <= len(passages))


def _citation(n: int, answer: str, question: str, passage: Passage) -> Citation:
    said = " ".join(answer[start:end] for start, end in sentences(answer) if f"[{n}]" in answer[start : end + 5])
    start, end = quoted(passage.text, words(CITED.sub("", said)) | words(question))
    return Citation(
        n=n,
        document_id=passage.document_id,
        revision=passage.revision,
        workspace=passage.workspace,
        title=passage.title,
        page=passage.page,
        heading=" › ".join(passage.heading),
        quote=passage.text[start:end],
        start=passage.start + start,
        end=passage.start + end,
    )


def quoted(text: str, wanted: frozenset[str]) -> tuple[int, int]:
    """The span of the sentence that holds most of the wanted words, at most 300 characters of it."""
    spans = sentences(text) or [(0, len(text))]
    start, end = max(spans, key=lambda span: len(wanted & words(text[span[0] : span[1]])))
    return start, min(end, start + QUOTE)


def _marks(numbers: list[int]) -> str:
    return "".join(f"[{n}]" for n in numbers)
