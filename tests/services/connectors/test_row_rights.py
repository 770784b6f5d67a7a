"""A guarded query on all rows gives what the query itself gives on a copy that holds the permitted rows alone."""

import random

import pytest

from services.connectors.guard import guarded
from services.connectors.rights.visibility import view_of
from tests.services.connectors.random_queries import SOURCE, database, permitted, query, rows, someone
from tests.services.connectors.running import right

CASES, BATCH = 10_000, 1_000


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(CASES // BATCH))
def test_no_row_outside_of_a_right_is_ever_seen(seed: int) -> None:
    draw, shown = random.Random(seed), 0
    for case in range(BATCH):
        if case % 50 == 0:
            everything = rows(draw)
            whole = database(everything)
        if case % 5 == 0:
            who = someone(draw)
            view, reference = view_of(SOURCE, "sqlite", who), database(permitted(everything, who))
        wanted = query(draw)
        found = whole.execute(guarded(wanted, view, 100_000).sql("sqlite")).fetchall()
        expected = reference.execute(wanted).fetchall()
        assert sorted(map(repr, found)) == sorted(map(repr, expected)), (wanted, who.parties)
        shown += len(expected)
    assert shown > BATCH


def test_a_right_that_is_too_wide_would_be_noticed() -> None:
    draw = random.Random(1)
    everything, noticed = rows(draw), 0
    whole, reference = database(everything), database(permitted(everything, right("person:eve", "group:a")))
    for _ in range(200):
        wanted = query(draw)
        noticed += sorted(map(repr, whole.execute(wanted))) != sorted(map(repr, reference.execute(wanted)))
    assert noticed > 50
