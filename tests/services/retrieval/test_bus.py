"""Retrieval on a real bus: documents become findable, questions find them, rights are checked."""

import asyncio
from typing import Any

import pytest

from shared.errors import Refused
from shared.events import DocumentIndexed, DocumentRemoved, Embed, QueryGrounded, QuerySearched, StepFailed
from tests.servers.bus import bus
from tests.services.retrieval.running import batch
from tests.services.support.peers import Peers, peers
from tests.services.support.word_embedder import SIZE

RULES = ["The daily allowance in Beijing is 420 yuan.", "Trains before planes."]
__all__ = ["bus", "peers"]


async def test_a_chunked_document_is_indexed_and_grounds_a_question(peers: Peers) -> None:
    await peers.ingestion.publish(batch("travel", RULES))
    indexed = await peers.until(DocumentIndexed)
    assert (indexed.document_id, indexed.chunks) == ("travel", 2)
    query = await peers.ask("How high is the daily allowance in Beijing?", "finance")
    grounded = await peers.until(QueryGrounded)
    assert (grounded.query, grounded.passages[0].text) == (query, RULES[0])


async def test_a_question_nothing_speaks_about_is_grounded_on_nothing(peers: Peers) -> None:
    await peers.ingestion.publish(batch("travel", RULES))
    await peers.until(DocumentIndexed)
    await peers.ask("Who won the football match?", "finance")
    assert (await peers.until(QueryGrounded)).passages == ()


@pytest.mark.parametrize(
    ("more", "reason", "status"),
    [
        ({"capability": "forged"}, "bad_capability", 403),
        ({"workspace": "board"}, "workspace_not_found", 404),
        ({"seconds": -1}, "expired", 504),
    ],
)
async def test_a_question_without_the_right_to_it_fails_at_once(
    peers: Peers, more: dict[str, Any], reason: str, status: int
) -> None:
    query = await peers.ask("allowance", "finance", **more)
    failed = await peers.until(StepFailed)
    assert (failed.about, failed.reason, failed.status, failed.attempts) == (query, reason, status, 1)


async def test_a_search_answers_inside_its_capability(peers: Peers) -> None:
    await peers.ingestion.publish(batch("travel", RULES))
    await peers.until(DocumentIndexed)
    found = await peers.gateway.request(peers.search("daily allowance", "finance", limit=1))
    assert [passage.text for passage in found.passages] == RULES[:1]
    assert not (await peers.gateway.request(peers.search("daily allowance", "board"))).passages


async def test_a_search_is_on_record_before_it_is_answered(peers: Peers) -> None:
    await peers.ingestion.publish(batch("travel", RULES))
    await peers.until(DocumentIndexed)
    search = peers.search("daily allowance", "finance", limit=1)
    await peers.gateway.request(search)
    kept = await peers.gateway.message("QUERIES", 1)
    assert kept is not None
    told = QuerySearched.model_validate_json(kept.data)
    assert (told.query, told.principal.id, told.question) == (search.query, "person:alice", "daily allowance")
    assert [(one.document_id, one.chunk, one.page) for one in told.passages] == [("travel", 0, 1)]
    assert RULES[0].encode() not in kept.data


async def test_a_right_to_another_query_finds_nothing(peers: Peers) -> None:
    stolen = peers.search("allowance", "finance").model_copy(update={"query": "another"})
    with pytest.raises(Refused) as refused:
        await peers.gateway.request(stolen)
    assert refused.value.reason == "bad_capability"


async def test_a_removed_document_is_found_no_more(peers: Peers) -> None:
    await peers.ingestion.publish(batch("travel", RULES))
    await peers.until(DocumentIndexed)
    await peers.ingestion.publish(
        DocumentRemoved(document_id="travel", revision=1, workspace="finance", title="travel")
    )
    async with asyncio.timeout(10):
        while (await peers.gateway.request(peers.search("daily allowance", "finance"))).passages:
            continue


async def test_texts_are_embedded_for_others(peers: Peers) -> None:
    embedded = await peers.gateway.request(Embed(texts=("one", "two")))
    assert embedded.model == "words"
    assert [len(vector) for vector in embedded.vectors] == [SIZE, SIZE]
    with pytest.raises(Refused, match="Send fewer"):
        await peers.gateway.request(Embed(texts=("x",) * 257))
