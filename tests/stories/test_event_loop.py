"""Nothing holds the event loop while the sample company is loaded, asked and looked at."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.system import system
from client import Http
from tests.support.company import PAPERS, STAND_INS, Company, raw

WATCH = Path(__file__).parent.parent / "support" / "slow_callbacks"
QUESTIONS = (
    "出差每天的伙食补贴是多少？",
    "What is the hotel limit in Europe?",
    "Who approves a contract?",
    "安全帽什么时候要换？",
)


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Company, Path]]:
    """A system whose processes note callbacks over 75 ms, from its readiness on."""
    noted = tmp_path_factory.mktemp("loop") / "slow"
    # A core that is shared is slower by its cache: 50 ms of a quiet one.
    given = {"PYTHONPATH": str(WATCH), "CLOISTER_SLOW_CALLBACKS": str(noted), "CLOISTER_SLOW_SECONDS": "0.075"}
    before = {name: os.environ.get(name) for name in given}
    os.environ |= given
    try:
        with system(**STAND_INS) as running:
            noted.write_text("")
            yield Company(running), noted
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@pytest.mark.slow
def test_no_callback_takes_more_than_50_ms_on_the_journeys(slow: tuple[Company, Path]) -> None:
    company, noted = slow
    space = company.workspace("qiming")
    files = [path for folder in sorted(PAPERS.iterdir()) if folder.is_dir() for path in sorted(folder.iterdir())]
    sent = [company.upload(space, path.name, path.read_bytes()).json()["document_id"] for path in files]
    states = [company.settled(document) for document in sent]
    assert {state["status"] for state in states} == {"indexed"}
    alice: Http = company.person("alice", space)
    for question in QUESTIONS:
        answer = alice.ask(question, workspace=space)
        alice.search(question, space, limit=50)
        for cited in answer.citations:
            place = f"/api/documents/{cited.document_id}/revisions/{cited.revision}"
            assert raw(alice, "GET", f"{place}/pages/{cited.page}", params={"quote": cited.quote}).status_code == 200
            assert raw(alice, "GET", f"{place}/content").status_code == 200
    long = "差旅费住宿标准北京上海合同付款发票审批供应商 " * 450
    assert raw(alice, "POST", "/api/search", json={"question": long}).status_code == 200
    assert raw(alice, "POST", "/api/chat", json={"question": long}).status_code in (200, 413)
    company.paper(space, "long.txt", "Each pump is tested for one hour at full pressure. " * 20_000)
    company.paper(space, "长.txt", "每台水泵在满压下测试一小时。" * 20_000)
    alice.search("How long is a pump tested?", space, limit=50)
    for state in states[:3]:
        assert raw(company.admin, "DELETE", f"/api/documents/{state['document_id']}").status_code == 200
    assert raw(company.admin, "GET", "/api/audit").status_code == 200
    company.admin.documents(space)

    assert not noted.read_text(), "these held the event loop, with their seconds"
