"""Who is next, and what waiting costs."""

from collections import Counter
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from services.dispatch.fair_queue import FairQueue
from services.dispatch.pool import Pool
from services.dispatch.question_queue import AnswerPace
from shared.events import WorkerSeen

LANES = {"interactive": 8.0, "system": 3.0, "batch": 1.0}
lanes = st.sampled_from(list(LANES))
steps = st.lists(st.one_of(st.none(), st.tuples(lanes, st.sampled_from("ab"), st.sampled_from("xyz"))), max_size=60)


def queued(*paths: tuple[str, str, str]) -> FairQueue:
    turns = FairQueue(3, LANES)
    for n, path in enumerate(paths):
        turns.add(path, f"{n} {' '.join(path)}")
    return turns


@given(steps)
def test_everything_comes_out_once_and_in_the_order_foretold(given_steps: list[tuple[str, str, str] | None]) -> None:
    turns, waiting, taken = FairQueue(3, LANES), [], []
    for n, step in enumerate(given_steps):
        if step:
            turns.add(step, str(n))
            waiting.append(str(n))
        elif len(turns):
            foretold = list(turns.order())
            taken.append(turns.take())
            assert taken[-1] == foretold[0]
            assert list(turns.order()) == foretold[1:]
    taken += [turns.take() for _ in range(len(turns))]
    assert sorted(taken) == sorted(waiting)


@given(steps, st.data())
def test_what_is_removed_is_gone_and_the_rest_keeps_its_order(
    given_steps: list[tuple[str, str, str] | None], data: st.DataObject
) -> None:
    paths = [step for step in given_steps if step]
    turns = queued(*paths)
    before = list(turns.order())
    if before:
        gone = data.draw(st.sampled_from(before))
        turns.remove(paths[int(gone.split()[0])], gone)
        assert Counter(turns.order()) == Counter(before) - Counter([gone])


def test_lanes_share_eight_to_three_to_one_and_none_starves() -> None:
    turns = queued(*[(lane, "d", "p") for lane in LANES for _ in range(100)])
    shares = Counter(thing.split()[1] for thing in islice(turns.order(), 120))
    assert shares == {"interactive": 80, "system": 30, "batch": 10}


def test_a_department_with_many_questions_does_not_hold_up_another() -> None:
    turns = queued(*[("interactive", "sales", f"p{n}") for n in range(20)], ("interactive", "legal", "q"))
    assert [thing.split()[2] for thing in turns.order()].index("legal") <= 1


def test_a_person_with_many_questions_does_not_hold_up_a_colleague() -> None:
    turns = queued(*[("interactive", "sales", "busy")] * 20, ("interactive", "sales", "quiet"))
    assert [thing.split()[3] for thing in turns.order()].index("quiet") <= 1


def test_who_was_away_has_saved_no_turns() -> None:
    turns = queued(*[("interactive", "sales", "p")] * 50)
    for _ in range(40):
        turns.take()
    for n in range(5):
        turns.add(("interactive", "legal", "q"), f"late {n} legal")
    assert sum("legal" in thing for thing in islice(turns.order(), 4)) == 2


@given(st.lists(st.tuples(st.text(max_size=2), st.booleans()), max_size=200))
def test_keys_that_left_are_forgotten(people: list[tuple[str, bool]]) -> None:
    turns = FairQueue(1)
    for person, take in people:
        turns.add((person,), person)
        if take:
            turns.take()
    while turns:
        turns.take()
    assert len(turns._used) <= 17


def worker(name: str, slots: int = 2, held: tuple[str, ...] = (), leaving: bool = False) -> WorkerSeen:
    return WorkerSeen(worker=name, connection=name, pool="p", slots=slots, held=held, models=("m",), leaving=leaving)


def test_free_slots_follow_heartbeats_and_what_was_released() -> None:
    pool = Pool("p", LANES)
    pool.seen(worker("w1"), 0)
    pool.released |= {"q1": 0.0, "q2": 0.0}
    assert pool.free == 0
    pool.seen(worker("w2", held=("another's",)), 1)
    assert pool.free == 2
    pool.ended("q1", 2)
    assert (pool.free, len(pool.released)) == (3, 1)


def test_a_released_question_that_nobody_holds_is_not_counted_for_ever() -> None:
    pool = Pool("p", LANES)
    pool.released |= {"lost": 0.0}
    pool.seen(worker("w1"), 1)
    assert pool.free == 1
    pool.seen(worker("w1"), 4)
    assert pool.free == 2


def test_a_silent_or_leaving_worker_takes_nothing_more() -> None:
    pool = Pool("p", LANES)
    pool.seen(worker("w1"), 0)
    pool.seen(worker("w2"), 3)
    pool.forget_silent(4)
    assert pool.slots == 2
    pool.seen(worker("w2", leaving=True), 4)
    assert pool.slots == 0


def test_a_lost_worker_gives_up_what_it_held() -> None:
    pool = Pool("p", LANES)
    pool.seen(worker("w1", held=("$JS.ACK.1", "$JS.ACK.2")), 0)
    assert pool.lost("w1") == ("$JS.ACK.1", "$JS.ACK.2")
    assert pool.lost("w1") == ()


def test_the_expected_wait_follows_the_answers_seen() -> None:
    pace = AnswerPace()
    for _ in range(100):
        pace.saw(2.0)
    assert pace.wait(4, 2) == 4.0
    assert pace.wait(1, 0) is None
