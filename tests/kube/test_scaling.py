"""The pool follows the queue: our own services and manifests on a real bus, a real API server and a real KEDA."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.nats.server import free_port
from tests.kube.fleet import Fleet
from tests.kube.plane import Cluster, until
from tests.kube.questions import Questions
from tests.kube.rendering import find, objects_of, text_of
from tests.kube.shortened import Numbers, shortened
from tests.kube.site import Site, site, start_services

pytestmark = [pytest.mark.kube, pytest.mark.timeout(1800)]
PAPER = "Travel costs are paid back within 14 days. The daily allowance in Beijing is 420 yuan."
NUMBERS = Numbers.given()
# Who is ready first takes questions while the next still start, and for that moment fewer would do.
PATIENT = replace(NUMBERS, quiet=120)


@pytest.fixture
def place(cluster: Cluster, tmp_path: Path) -> Iterator[Site]:
    """The overlay applied, and everything of it at work but the workers."""
    gone = "NotFound"
    until(lambda: gone in cluster.kubectl("get", "namespace", "cloister", check=False), 90, "the end of the namespace")
    monitoring = free_port()
    folder = shortened(tmp_path / "overlay", NUMBERS, f"127.0.0.1:{monitoring}")
    cluster.apply(text_of(folder))
    with site(tmp_path / "site", objects_of(folder), monitoring) as found:
        yield found
    cluster.kubectl("delete", "namespace", "cloister", "--wait=false")


def test_workers_follow_the_queue(
    cluster: Cluster, place: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet = Fleet(cluster, place.node, find(place.node.objects, "Deployment", "inference"))
    try:
        with capsys.disabled():
            tell(cluster, place, fleet, tmp_path)
    finally:
        fleet.stop()


def tell(cluster: Cluster, place: Site, fleet: Fleet, folder: Path) -> None:
    """The story, with its timeline."""
    cluster.say(f"with {NUMBERS}")
    company = place.company(start_services(place)["gateway"])
    workspace = company.workspace("travel")
    assert company.paper(workspace, "travel.md", PAPER)["status"] == "indexed"
    questions = Questions(place.url, place.home / "ca.pem", company.app("crm", workspace, bus=True), workspace)
    cluster.say("all services are ready; one document can be found")
    fleet.start()
    # Before there were streams nobody could count, so the pool may begin with the fallback.
    until(lambda: fleet.wanted == 1 and len(fleet.workers) == 1, 60, "one worker")
    until(fleet.workers[0].ready, 60, "the first worker")
    apply(cluster, place, folder / "patient", PATIENT)
    rises(cluster, fleet, questions)
    apply(cluster, place, folder / "quick", NUMBERS)
    stays_while_answers_run(cluster, place, fleet, questions)
    falls(cluster, place, fleet, questions)
    goes_to_zero_and_comes_back(cluster, place, fleet, questions, folder)
    falls_back_when_the_bus_is_gone(cluster, place, fleet, questions)


def apply(cluster: Cluster, place: Site, folder: Path, numbers: Numbers, *components: str) -> None:
    overlay = shortened(folder, numbers, f"127.0.0.1:{place.monitoring}", *components)
    cluster.apply(text_of(overlay), "--force-conflicts")


def rises(cluster: Cluster, fleet: Fleet, questions: Questions) -> None:
    fleet.held = True  # new workers are wanted, and do not take anything yet
    fleet.forget()
    cluster.say(f"{NUMBERS.questions} questions; {NUMBERS.waiting} may wait for each worker")
    questions.ask(NUMBERS.questions)
    until(lambda: fleet.wanted == NUMBERS.wanted, 60, f"{NUMBERS.wanted} workers, not {fleet.wanted}")
    assert fleet.seen == sorted(fleet.seen), f"it went down on the way up: {fleet.seen}"
    fleet.held = False
    # A worker that is slow to take its first question looks free for a moment, and one more may be wanted.
    until(lambda: len(fleet.workers) >= NUMBERS.wanted, 60, "the workers")
    for worker in fleet.workers:
        until(worker.ready, 90, worker.name)
    cluster.say(f"{NUMBERS.wanted} workers are ready")


def stays_while_answers_run(cluster: Cluster, place: Site, fleet: Fleet, questions: Questions) -> None:
    fleet.forget()
    done = NUMBERS.questions - NUMBERS.busy
    place.tickets.give(done)
    until(lambda: len(questions.answered) == done, 60, f"{done} answers")
    cluster.say(f"{done} answered, nothing waits, {NUMBERS.busy} answers run")
    # Longer than the autoscaler waits before it takes idle workers away.
    assert not fleet.falls_below(NUMBERS.wanted, 2.5 * NUMBERS.quiet), (
        f"workers went while they were busy: {fleet.seen}"
    )


def falls(cluster: Cluster, place: Site, fleet: Fleet, questions: Questions) -> None:
    place.tickets.open()
    until(lambda: len(questions.answered) == NUMBERS.questions, 60, "all answers")
    assert not questions.failed
    cluster.say(f"all {NUMBERS.questions} answered")
    until(lambda: fleet.wanted == 1, 60, "one worker")


def goes_to_zero_and_comes_back(
    cluster: Cluster, place: Site, fleet: Fleet, questions: Questions, folder: Path
) -> None:
    cluster.say("with the component scale-to-zero")
    apply(cluster, place, folder / "zero", NUMBERS, "scale-to-zero")
    until(lambda: fleet.wanted == 0, 60, "no worker")
    place.tickets.close()
    cluster.say("one question")
    questions.ask(1)
    until(lambda: fleet.wanted == 1, 60, "a worker for one question")
    until(lambda: fleet.workers and fleet.workers[-1].ready(), 60, "the worker")


def falls_back_when_the_bus_is_gone(cluster: Cluster, place: Site, fleet: Fleet, questions: Questions) -> None:
    fleet.forget()
    place.kill_bus()
    cluster.say("nats-server killed while the answer runs")
    until(lambda: fleet.wanted == NUMBERS.fallback, 60, f"the fallback's {NUMBERS.fallback} workers")
    assert 0 not in fleet.seen, fleet.seen
    place.start_bus()
    cluster.say("nats-server is back")
    place.tickets.open()
    until(lambda: len(questions.answered) == NUMBERS.questions + 1, 90, "the answer that was running")
    until(lambda: fleet.wanted == 0, 60, "no worker")
    cluster.say("the question was answered, and the pool is empty again")
