"""The life of a document: what it was, who looks after it, withdrawn and restored, tried again, gone."""

from datetime import UTC, datetime, timedelta

import pytest

from client import Http
from tests.support.company import Company, raw

FEE = "# Fees\n\nThe annual membership fee of the chess club is {} yuan.\n"
ASKED = "What is the annual membership fee of the chess club?"


@pytest.fixture
def club(cloister: Company) -> str:
    return cloister.workspace("club")


def asked(caller: Http, workspace: str) -> dict[str, object]:
    reply = raw(caller, "POST", "/api/chat", json={"question": ASKED, "workspace": workspace})
    assert reply.status_code == 200, reply.text
    found: dict[str, object] = reply.json()
    return found


def test_a_citation_still_opens_after_a_newer_revision_came_and_says_so(cloister: Company, club: str) -> None:
    document = cloister.paper(club, "fees.md", FEE.format(120))["document_id"]
    query = asked(cloister.admin, club)["query_id"]
    assert cloister.paper(club, "fees.md", FEE.format(150))["revision"] == 2
    (cited,) = cloister.admin.query(str(query))["citations"]
    assert (cited["revision"], cited["superseded"], cited["newest"]) == (1, True, 2)
    page = cloister.admin.page(document, 1, cited["page"], cited["quote"])
    assert page["text"][page["start"] : page["end"]] == cited["quote"]
    old = raw(cloister.admin, "GET", f"/api/documents/{document}/revisions/1/content")
    assert (old.text, old.headers["cloister-superseded"]) == (FEE.format(120), "2")
    told = cloister.admin.revisions(document)
    assert [(one["revision"], one["current"], one["superseded"]) for one in told["revisions"]] == [
        (2, True, False), (1, False, True)
    ]  # fmt: skip
    (fresh,) = asked(cloister.admin, club)["citations"]  # type: ignore[misc]
    assert (fresh["revision"], fresh["superseded"]) == (2, False)


def test_a_withdrawn_document_is_not_found_until_it_is_restored(cloister: Company, club: str) -> None:
    document = cloister.paper(club, "fees.md", FEE.format(120))["document_id"]
    assert cloister.admin.search(ASKED, club)
    assert cloister.admin.withdraw(document).withdrawn
    cloister.until(lambda: not cloister.admin.search(ASKED, club), 5)
    assert [state.withdrawn for state in cloister.admin.documents(club)] == [True]
    cloister.paper(club, "fees.md", FEE.format(150))
    assert not cloister.admin.search(ASKED, club)
    assert not cloister.admin.restore(document).withdrawn
    cloister.until(lambda: cloister.admin.search(ASKED, club), 5)


def test_what_is_due_is_listed_for_whom_it_concerns(cloister: Company, club: str) -> None:
    soon = (datetime.now(UTC) + timedelta(days=10)).isoformat()
    first = cloister.paper(club, "fees.md", FEE.format(120), owner="person:alice", review="2020-01-01")
    second = cloister.paper(club, "rules.md", FEE.format(150), expires=soon)
    cloister.paper(club, "other.md", FEE.format(180), expires="2999-01-01")
    assert (first["owner"], second["owner"]) == ("person:alice", "person:admin")
    due = [state.document_id for state in cloister.admin.documents(club, due=30)]
    assert due == [first["document_id"], second["document_id"]]
    assert [state.document_id for state in cloister.admin.documents(club, due=5)] == due[:1]
    cloister.admin.amend(first["document_id"], review=None)
    assert [state.document_id for state in cloister.admin.documents(club, due=30)] == due[1:]


def test_dates_that_can_never_hold_are_refused_and_dates_can_be_taken_away(cloister: Company, club: str) -> None:
    document = cloister.paper(club, "fees.md", FEE.format(120), expires="2021-01-01")["document_id"]
    assert not cloister.admin.search(ASKED, club)
    path = f"/api/documents/{document}"
    reply = raw(cloister.admin, "PATCH", path, json={"effective": "2022-01-01T00:00:00Z"})
    assert (reply.status_code, "expires" in reply.json()["error"]) == (422, True)
    assert cloister.admin.amend(document, expires=None).expires is None
    cloister.until(lambda: cloister.admin.search(ASKED, club), 5)
    bad = raw(cloister.admin, "PATCH", path, json={"owner": "alice"})
    assert (bad.status_code, "person:alice" in bad.json()["error"]) == (422, True)


def test_a_rejected_document_is_found_by_its_status_and_tried_again(cloister: Company, club: str) -> None:
    good = cloister.paper(club, "fees.md", FEE.format(120))["document_id"]
    broken = cloister.paper(club, "broken.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 16)
    listed = [state.document_id for state in cloister.admin.documents(club, status="rejected")]
    assert listed == [broken["document_id"]]
    assert [state.document_id for state in cloister.admin.documents(club, q="FEES")] == [good]
    again = cloister.admin.retry(broken["document_id"])
    assert (again.status, again.revision) == ("received", 2)
    assert cloister.settled(broken["document_id"])["status"] == "rejected"
    told = cloister.admin.revisions(broken["document_id"])["revisions"]
    assert [one["status"] for one in told] == ["rejected", "rejected"]
    refused = raw(cloister.admin, "POST", f"/api/documents/{good}/retry")
    assert (refused.status_code, refused.json()["reason"]) == (409, "not_rejected")


def test_a_removed_document_says_when_the_last_of_it_is_gone(cloister: Company, club: str) -> None:
    document = cloister.paper(club, "fees.md", FEE.format(120))["document_id"]
    cloister.paper(club, "fees.md", FEE.format(150))
    cloister.admin.discard(document)
    removal = cloister.admin.gone(document)
    assert (removal.status, removal.revisions, removal.chunks) == ("removed", 2, 1)
    assert removal.size == len(FEE.format(120)) + len(FEE.format(150))
    assert raw(cloister.admin, "GET", f"/api/documents/{document}").status_code == 404
    reader = cloister.person("reader", club)
    assert raw(reader, "GET", f"/api/documents/{document}/removal").status_code == 404
    cloister.recorded(document, "document.removed.v1", "document.forgotten.v1")


def test_a_removed_document_leaves_no_word_of_it_on_the_disk(cloister: Company, club: str) -> None:
    document = cloister.paper(club, "quokka.md", FEE.format(120) + "The quokkazanzibar pays nothing.\n" * 40)
    assert holding(cloister, b"quokkazanzibar")
    cloister.admin.discard(document["document_id"])
    cloister.admin.gone(document["document_id"])
    assert holding(cloister, b"quokkazanzibar") == []


def holding(cloister: Company, words: bytes) -> list[str]:
    """Files of bytes, rows and vectors with these words in them; what is on its way on the bus goes with its stream."""
    home = cloister.system.home
    kept = [*(home / "nats").rglob("OBJ_documents/**/*"), *home.glob("*.db*"), *(home / "index").rglob("*")]
    return [str(path) for path in kept if path.is_file() and words in path.read_bytes()]
