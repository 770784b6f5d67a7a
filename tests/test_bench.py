"""The corpora of the benchmarks are read as the product reads them."""

from bench.corpora import company


def test_each_question_of_the_sample_company_has_a_piece_that_answers_it() -> None:
    corpus = company()
    assert len(corpus.pieces) > 30
    assert [question.text for question in corpus.questions if not question.gold] == []
