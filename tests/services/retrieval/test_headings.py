"""Titles and headings are found while one types, inside the rights of who types."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.retrieval.context import RetrievalContext
from services.retrieval.index.protocol import Scope
from shared.events import Chunk, DocumentAccessChanged, DocumentChunked
from tests.services.retrieval.running import batch, open_context, put, remove

EVERYWHERE = Scope(("finance", "legal"), (("person:alice",),))


def manual(document: str, revision: int = 1, **more: object) -> DocumentChunked:
    paths = [("Safety",), ("Safety", "Fire doors"), ("Safety", "Fire doors"), ("维护", "每周检查")]
    parts = (("维护", "每周检查"), ("维护", "年度大修"))
    chunks = tuple(
        Chunk(n=n, text=f"text {n}", page=n + 1, heading=path, sections=parts if n == 3 else ())
        for n, path in enumerate(paths)
    )
    return batch(document, [], revision, **more).model_copy(update={"chunks": chunks})


async def found(context: RetrievalContext, text: str, scope: Scope = EVERYWHERE) -> list[tuple[str, str, int]]:
    return [(one.title, one.heading, one.page) for one in await context.places(text, scope, 10)]


async def test_a_title_comes_before_headings_and_each_heading_once_with_its_first_page(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, manual("fire drill"))
        assert await found(context, "FIRE") == [
            ("fire drill.txt", "", 1), ("fire drill.txt", "Safety › Fire doors", 2),
        ]  # fmt: skip
        assert await found(context, "检查 维护") == [("fire drill.txt", "维护 › 每周检查", 4)]
        assert await found(context, "大修") == [("fire drill.txt", "维护 › 年度大修", 4)], (
            "a part of a chunk has its own"
        )
        assert await found(context, "safety") == [("fire drill.txt", "Safety", 1)], "not each heading below it"
        assert await found(context, "doors safety") == [("fire drill.txt", "Safety › Fire doors", 2)]
        assert await found(context, "doors zebra") == []
        assert await found(context, "%") == await found(context, "_") == await found(context, "  ") == []


async def test_only_what_one_may_find_is_found(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, manual("a"))
        await put(context, manual("b", workspace="legal"))
        assert len(await found(context, "fire doors")) == 2
        assert len(await found(context, "fire doors", Scope(("legal",), (("person:alice",),)))) == 1
        assert await found(context, "fire doors", Scope((), (("person:alice",),))) == []
        denied = DocumentAccessChanged(
            document_id="a", revision=1, workspace="finance", title="a.txt", access=2, deny=("person:alice",), by="x"
        )
        await context.chunks.change_readers(denied)
        assert len(await found(context, "fire doors")) == 1


async def test_a_new_revision_replaces_the_headings_and_a_removal_takes_them_away(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, manual("a"))
        ladders = Chunk(n=0, text="x", page=1, heading=("Ladders",))
        await put(context, batch("a", ["x"], 2).model_copy(update={"chunks": (ladders,)}))
        assert await found(context, "fire") == []
        assert len(await found(context, "ladders")) == 1
        await remove(context, "a", 2)
        assert await found(context, "ladders") == []


async def test_what_is_withdrawn_or_not_in_force_is_not_found(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, manual("a", expires=datetime.now(UTC) - timedelta(days=1)))
        await put(context, manual("b"))
        assert [title for title, _, _ in await found(context, "fire doors")] == ["b.txt"]
