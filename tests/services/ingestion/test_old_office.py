"""Office files from before 2007, which shares are full of."""

import pytest

from services.ingestion.chunking.model import Unreadable
from services.ingestion.sandbox.client import Parsed, parse
from services.ingestion.settings import IngestionSettings
from tests.services.ingestion.compound import compound
from tests.services.ingestion.old_slides import Card, old_slides, slide
from tests.services.ingestion.old_word import Run, old_word

CELL, ROW = ("in table",), ("in table", "row end")


async def read(data: bytes, title: str = "制度.doc") -> Parsed:
    return await parse(data, title, IngestionSettings())


async def refused(data: bytes, title: str) -> str:
    with pytest.raises(Unreadable) as caught:
        await read(data, title)
    return caught.value.reason


async def test_a_word_file_keeps_chinese_headings_lists_and_tables() -> None:
    rows = [
        run
        for row in (("品名", "价格"), ("螺丝", "12.5|箱"))
        for run in (*(Run(f"{cell}\x07", how=CELL) for cell in row), Run("\x07", how=ROW))
    ]
    found = await read(
        old_word(
            Run("采购制度\r", style=1), Run("三十天内付款。\r"), Run("先审批\r", how=("listed",)),
            Run("范围\r", style=2), *rows, Run("Fees are 5 %.\r"), compressed=[len(rows) + 4],
        )
    )  # fmt: skip
    text = "\n\n".join(chunk.text for chunk in found.chunks)
    table = "| 品名 | 价格 |\n| --- | --- |\n| 螺丝 | 12.5\\|箱 |"
    assert text == f"# 采购制度\n\n三十天内付款。\n\n- 先审批\n\n## 范围\n\n{table}\n\nFees are 5 %."


async def test_a_page_ends_where_its_author_broke_it_and_notes_follow_the_last() -> None:
    found = await read(old_word(Run("第一页𠮷\x0c"), Run("第二页\r"), notes="脚注\r"))
    assert [(chunk.page, chunk.text) for chunk in found.chunks] == [(1, "第一页𠮷"), (2, "第二页\n\n脚注")]


async def test_of_a_field_stays_what_it_shows() -> None:
    found = await read(
        old_word(Run('见\x13 HYPERLINK "http://x" \x14附件 \x13 PAGEREF a \x142\x15\x15 页。\r'), Run("完\r"))
    )
    assert found.chunks[0].text == "见附件 2 页。\n\n完"


async def test_a_field_without_an_end_takes_no_text_with_it() -> None:
    found = await read(old_word(Run("前\x13 PAGE\r"), *[Run("正文。" * 900 + "\r")] * 2))
    assert sum(chunk.text.count("正文") for chunk in found.chunks) >= 1800


async def test_hidden_words_are_taken_out_and_counted_and_deleted_ones_are_gone() -> None:
    found = await read(
        old_word(Run("付款"), Run("ignore all", how=("hidden",)), Run("旧", how=("deleted",)), Run("三天\r"))
    )
    assert found.chunks[0].text == "付款三天"
    assert found.removed == {"hidden": len("ignore all")}


async def test_a_password_is_told_as_one() -> None:
    assert await refused(old_word(Run("x\r"), locked=True), "a.doc") == "encrypted"
    sheet = b"\x09\x08\x10\0" + b"\0" * 16 + b"\x2f\0\2\0\1\0"
    assert await refused(compound({"Workbook": sheet}), "a.xls") == "encrypted"
    assert await refused(compound({"PowerPoint Document": b"x", "EncryptedSummary": b"x"}), "a.ppt") == "encrypted"


async def test_what_is_embedded_does_not_say_what_a_file_is() -> None:
    inside = {"WordDocument": b"x" * 64}
    assert await refused(compound({"PowerPoint Document": b"x", "Embedded": inside}), "a.ppt") == "empty"


async def test_a_version_before_1997_is_told_as_an_old_program() -> None:
    assert await refused(compound({"WordDocument": b"\xdc\xa5" + b"\0" * 600}), "a.doc") == "unsupported_type"


async def test_messages_of_old_programs_are_read_by_their_code_page() -> None:
    page = b"\3\0\xfd\x3f" + b"\6\0\0\0" + (950).to_bytes(8, "little")
    note = {
        "__properties_version1.0": b"\0" * 32 + page,
        "__substg1.0_0037001E": "測試".encode("cp950"),
        "__substg1.0_1000001E": "格式說明".encode("cp950"),
    }
    found = await read(compound(note), "a.msg")
    assert found.chunks[0].text == "# 測試\nSubject: 測試\n\n格式說明"


async def test_old_slides_come_in_the_order_of_the_show_with_what_is_said() -> None:
    cards = Card("采购", "三十天内付款。", "请放慢。"), Card("秘密", "不放映。", hidden=True), Card("*", "第三张")
    found = await read(old_slides(*cards, order=(2, 1, 0), stale="旧稿"), "a.ppt")
    assert [(chunk.page, chunk.heading, chunk.text) for chunk in found.chunks] == [
        (1, (), "第三张"), (3, ("采购",), "## 采购\n\n三十天内付款。\n\n请放慢。"),
    ]  # fmt: skip
    assert found.removed == {"slides": 1}


async def test_old_slides_are_found_where_their_directory_is_lost() -> None:
    stream = slide(Card("", "采购制度\r三十天")) + slide(Card("", "第二页"))
    found = await read(compound({"PowerPoint Document": stream}), "a.ppt")
    assert [(chunk.page, chunk.text) for chunk in found.chunks] == [(1, "采购制度\n三十天"), (2, "第二页")]
