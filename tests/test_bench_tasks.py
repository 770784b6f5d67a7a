"""What `python -m bench tasks` has its stand-in say, and how it tells what a colleague lost."""

import time

import pytest

from bench.tasks import gone_rows, task_rows
from bench.tasks.person import Done
from bench.tasks.product import lost
from bench.tasks.stand_in import NOTHING, answer


def test_the_stand_in_reads_out_the_sentence_with_the_fact_and_marks_its_passage() -> None:
    passages = "[1] a.pdf, page 1\nShops opened.\n\n[2] b.pdf, page 3\nRain. Kenvue brought 13.2 billion. It ended."
    assert answer(passages, "13.2 billion") == "Kenvue brought 13.2 billion [2]."
    sources = '<source id="1" name="a">Shops.</source>\n\n<source id="3" name="b">\n\nIt was 13.2 billion.</source>'
    assert answer(sources, "13.2 billion").endswith("13.2 billion.</source> [3].")
    assert answer("[1] a.pdf\nShops opened.", "13.2 billion") == NOTHING


def test_what_is_refused_later_is_told_with_its_seconds_and_what_stays_readable_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bench.tasks.product.PATIENCE", 1.5)
    tries = iter([True, True, False])
    began, task = time.perf_counter(), Done(1, 0.0)
    done, gone = lost({"ask": lambda: next(tries), "read": lambda: True}, lambda: task, lambda: began)
    assert done == task
    assert gone["read"] is None
    assert gone["ask"] is not None
    assert 0.3 <= gone["ask"] < 2
    assert gone_rows({"One": [gone | {"ask": 0.2}, {"ask": 0.3, "read": 0.1}]})[1] == [
        ["ask", "0.30"],
        ["read", "still"],
    ]


def test_a_task_has_its_steps_its_median_and_how_many_times_the_first_products_it_took() -> None:
    rounds = {"One": [[Done(2, 1.0)] * 5, [Done(2, 3.0)] * 5, [Done(2, 2.0)] * 5], "Two": [[Done(5, 4.0)] * 5]}
    assert task_rows(rounds)[0] == ["add ten files", "2 steps, 2.00 s, × 1.0", "5 steps, 4.00 s, × 2.0"]
