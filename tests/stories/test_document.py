"""A document travels: read, found, replaced, amended and taken away, as its readers see it."""

import httpx
import pytest

from client import Http
from tests.support.company import PAPERS, Company, raw

FEE = "# Fees\n\nThe annual membership fee of the chess club is {} yuan.\n"
ASKED = "What is the annual membership fee of the chess club?"


@pytest.fixture
def club(cloister: Company) -> str:
    return cloister.workspace("club")


def quotes(caller: Http, question: str, workspace: str) -> list[str]:
    """What the answer stands on."""
    reply = raw(caller, "POST", "/api/chat", json={"question": question, "workspace": workspace})
    assert reply.status_code == 200, reply.text
    return [cited["quote"] for cited in reply.json()["citations"]]


def test_a_document_is_accepted_read_and_found(cloister: Company, club: str) -> None:
    sent = cloister.upload(club, "fees.md", FEE.format(120))
    assert sent.status_code == 202
    assert {"document_id", "revision", "status"} <= set(sent.json())
    state = cloister.settled(sent.json()["document_id"])
    assert (state["status"], state["revision"], state["pages"], state["chunks"]) == ("indexed", 1, 1, 1)
    assert quotes(cloister.admin, ASKED, club) == ["The annual membership fee of the chess club is 120 yuan."]


def test_the_same_bytes_under_the_same_title_are_the_same_document(cloister: Company, club: str) -> None:
    first = cloister.paper(club, "fees.md", FEE.format(120))
    again = cloister.paper(club, "fees.md", FEE.format(120))
    assert (again["document_id"], again["revision"]) == (first["document_id"], 1)
    copy = cloister.paper(club, "copy.md", FEE.format(120))
    assert copy["document_id"] != first["document_id"]
    elsewhere = cloister.paper(cloister.workspace("club"), "fees.md", FEE.format(120))
    assert elsewhere["document_id"] != first["document_id"]


def test_a_new_revision_replaces_the_old_one_whole(cloister: Company, club: str) -> None:
    long = FEE.format(120) + "\n".join(f"\n## Rule {n}\n\nRule {n} of the chess club is old.\n" for n in range(40))
    first = cloister.paper(club, "fees.md", long)
    second = cloister.paper(club, "fees.md", FEE.format(150))
    assert (second["document_id"], second["revision"]) == (first["document_id"], 2)
    assert quotes(cloister.admin, ASKED, club) == ["The annual membership fee of the chess club is 150 yuan."]
    assert {found.revision for found in cloister.admin.search("Which rule is old?", club)} <= {2}


def test_a_deleted_document_is_gone_from_answers(cloister: Company, club: str) -> None:
    document = cloister.paper(club, "fees.md", FEE.format(120))["document_id"]
    assert quotes(cloister.admin, ASKED, club)
    assert cloister.admin.discard(document).status == "removed"
    cloister.until(lambda: not cloister.admin.search(ASKED, club))
    assert quotes(cloister.admin, ASKED, club) == []
    assert raw(cloister.admin, "GET", f"/api/documents/{document}").status_code == 404
    assert raw(cloister.admin, "GET", f"/api/documents/{document}/content").status_code == 404


def test_a_gbk_file_is_read_as_chinese(cloister: Company, club: str) -> None:
    state = cloister.paper(club, "会员.txt", "象棋俱乐部的年费是一百二十元，学生减半。".encode("gb18030"))
    assert state["status"] == "indexed"
    assert "一百二十元" in quotes(cloister.admin, "象棋俱乐部的年费是多少？", club)[0]


@pytest.mark.parametrize("name", ["新员工入厂培训.pptx", "安全操作规程.pdf"])
def test_pages_are_counted_from_one(name: str, cloister: Company, club: str) -> None:
    state = cloister.paper(club, name, (PAPERS / "production" / name).read_bytes())
    assert (state["status"], state["title"]) == ("indexed", name)
    found = {one.page for one in cloister.admin.search("规程 培训 安全 津贴 火警", club, limit=50)}
    assert found <= set(range(1, state["pages"] + 1))


def test_a_damaged_file_is_rejected_in_words(cloister: Company, club: str) -> None:
    state = cloister.paper(club, "broken.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 16)
    assert state["status"] == "rejected"
    assert "damaged" in state["reason"] or "read" in state["reason"]
    assert len(state["reason"].split()) > 5


def test_a_rejected_file_can_be_sent_again_whole(cloister: Company, club: str) -> None:
    broken = cloister.paper(club, "fees.docx", b"PK\x03\x04 no archive")
    assert broken["status"] == "rejected"
    whole = cloister.paper(club, "fees.docx", (PAPERS / "legal" / "劳动合同范本.docx").read_bytes())
    assert (whole["document_id"], whole["status"], whole["revision"]) == (broken["document_id"], "indexed", 2)


def test_dates_that_have_passed_hide_a_document(cloister: Company, club: str) -> None:
    document = cloister.paper(club, "fees.md", FEE.format(120), effective="2020-01-01")["document_id"]
    assert quotes(cloister.admin, ASKED, club)
    cloister.admin.amend(document, expires="2021-01-01T00:00:00Z")
    cloister.until(lambda: not cloister.admin.search(ASKED, club))
    cloister.admin.amend(document, expires="2999-01-01T00:00:00Z")
    cloister.until(lambda: cloister.admin.search(ASKED, club))


def test_a_document_that_is_not_in_force_yet_is_not_found(cloister: Company, club: str) -> None:
    cloister.paper(club, "fees.md", FEE.format(120), effective="2999-01-01")
    assert cloister.admin.search(ASKED, club) == []


def test_a_reader_may_not_write(cloister: Company, club: str) -> None:
    reader = cloister.person("reader", club)
    document = cloister.paper(club, "fees.md", FEE.format(120))["document_id"]
    replies = [
        raw(reader, "POST", "/api/documents", data={"workspace": club}, files={"file": ("x.md", b"x")}),
        raw(reader, "PATCH", f"/api/documents/{document}", json={"title": "mine"}),
        raw(reader, "DELETE", f"/api/documents/{document}"),
    ]
    assert [reply.status_code for reply in replies] == [403, 403, 403]


def test_a_foreign_document_looks_like_a_missing_one(cloister: Company, club: str) -> None:
    stranger = cloister.person("stranger", cloister.workspace("other"))
    document = cloister.paper(club, "fees.md", FEE.format(120))["document_id"]

    def seen(which: str, path: str) -> tuple[int, bytes]:
        reply: httpx.Response = raw(stranger, "GET", f"/api/documents/{which}{path}")
        return reply.status_code, reply.content

    for path in ("", "/content"):
        assert seen(document, path) == seen("0" * 32, path)
        assert seen(document, path)[0] == 404
