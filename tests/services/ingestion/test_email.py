"""Messages of Outlook's and folders of e-mails: each letter and each file that came with it is a document."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from services.ingestion.sandbox.client import parse
from services.ingestion.settings import IngestionSettings
from tests.services.ingestion.compound import Tree, compound
from tests.services.ingestion.running import office
from tests.services.ingestion.test_attachments import Shelf, archive, shown, upload

PRICES = "名称,价格\n螺丝,5\n".encode()


def words(text: str) -> bytes:
    return text.encode("utf-16-le")


def attached(name: str, data: bytes | None = None, message: Tree | None = None, hidden: bool = False) -> Tree:
    fact = b"\x0b\0\xfe\x7f" + b"\6\0\0\0" + int(hidden).to_bytes(8, "little")
    inside = {"__substg1.0_37010102": data} if data is not None else {"__substg1.0_3701000D": message}
    return {"__properties_version1.0": b"\0" * 8 + fact, "__substg1.0_3707001F": words(name), **inside}


def note(subject: str, body: str, *files: Tree, head: int = 32) -> Tree:
    sent = b"\x40\0\x39\0" + b"\6\0\0\0" + (133_500_000_000_000_000).to_bytes(8, "little")
    return {
        "__properties_version1.0": b"\0" * head + sent,
        "__substg1.0_0037001F": words(subject), "__substg1.0_1000001F": words(body),
        "__substg1.0_0C1A001F": words("张三"), "__substg1.0_5D01001F": words("zhang@example.com"),
        "__substg1.0_0E04001F": words("李四; 王五"),
        **{f"__attach_version1.0_#{n:08X}": file for n, file in enumerate(files)},
    }  # fmt: skip


def mail(subject: str, attachment: str = "") -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"], message["MIME-Version"] = "a@example.com", subject, "1.0"
    message.set_content("请看。\n>From here on.\nFrom now on too.\n")
    if attachment:
        message.add_attachment(PRICES, maintype="text", subtype="csv", filename=attachment)
    return message.as_bytes()


def folder(*messages: bytes, end: bytes = b"\n") -> bytes:
    quoted = (message.replace(b"\nFrom ", b"\n>From ") for message in messages)
    text = b"\n".join(b"From a@example.com Fri Nov 27 10:00:00 2026\n" + message for message in quoted)
    return text.replace(b"\n", end)


async def test_a_message_of_outlooks_tells_its_headers_and_text(tmp_path: Path) -> None:
    data = compound(note("季度结账", "请于周五前付款。\r\n谢谢。", attached("价格表.csv", PRICES)))
    found = await parse(data, "a.msg", IngestionSettings())
    text = found.chunks[0].text
    assert text.startswith("# 季度结账\n")
    for line in (
        "From: 张三 <zhang@example.com>",
        "To: 李四; 王五",
        "Date: Wed, 17 Jan 2024",
        "请于周五前付款。\n谢谢。",
    ):
        assert line in text
    assert text.endswith("Attachments: 价格表.csv")


async def test_what_is_attached_to_it_is_a_document_of_its_own(tmp_path: Path) -> None:
    logo = attached("logo.png", b"\x89PNG", hidden=True)
    inner = note("报价", "见附件。", attached("报价单.csv", PRICES), head=24)
    drawing = attached("drawing", message={"CONTENTS": b"of another program"})
    terms = attached("合同.zip", archive(a_txt=b"words"))
    data = compound(note("转发", "见下。", attached("", message=inner), terms, logo, drawing))
    async with office(tmp_path) as at:
        await upload(at, Shelf(), data, "m.msg")
        found = await shown(at)
        assert set(found) == {"m.msg", "m.msg/报价.eml", "m.msg/报价.eml/报价单.csv", "m.msg/合同.zip/a.txt"}
        assert {state.status for state in found.values()} == {"indexing"}


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
async def test_each_message_of_a_folder_is_a_document(tmp_path: Path, end: bytes) -> None:
    data = folder(mail("付款", "清单.csv"), mail("Re: 付款"), mail("付款"), end=end)
    async with office(tmp_path) as at:
        shelf = Shelf()
        await upload(at, shelf, data, "inbox.mbox")
        found = await shown(at)
        names = {"付款.eml", "付款.eml/清单.csv", "Re: 付款.eml", "付款 (2).eml"}
        assert set(found) == {"inbox.mbox", *(f"inbox.mbox/{name}" for name in names)}
        assert {state.status for state in found.values()} == {"indexing"}


async def test_letters_in_an_archive_bring_what_is_attached_to_them(tmp_path: Path) -> None:
    outlook = compound(note("合同", "见附件。", attached("条款.csv", PRICES + b"\n")))
    async with office(tmp_path) as at:
        box = archive(a_eml=mail("付款", "清单.csv"), b_msg=outlook, c_mbox=folder(mail("通知")))
        await upload(at, Shelf(), box, "export.zip")
        names = {"a.eml", "a.eml/清单.csv", "b.msg", "b.msg/条款.csv", "c.mbox", "c.mbox/通知.eml"}
        assert set(await shown(at)) == {"export.zip", *(f"export.zip/{name}" for name in names)}


@pytest.mark.parametrize("data", [archive(a_txt=b"words")[:60], compound(note("a", "b"))[:1500]])
async def test_an_attachment_that_is_damaged_is_refused_by_itself(tmp_path: Path, data: bytes) -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "a@example.com", "x"
    message.set_content("words")
    message.add_attachment(data, maintype="application", subtype="octet-stream", filename="broken.bin")
    async with office(tmp_path) as at:
        await upload(at, Shelf(), message.as_bytes(), "m.eml")
        assert {name: state.status for name, state in (await shown(at)).items()} == {
            "m.eml": "indexing", "m.eml/broken.bin": "rejected",
        }  # fmt: skip


async def test_a_message_with_an_old_office_file_attached_is_a_message(tmp_path: Path) -> None:
    old = compound({"WordDocument": b"words " * 1000})
    async with office(tmp_path) as at:
        await upload(at, Shelf(), compound(note("合同", "见附件。", attached("合同.doc", old))), "m.msg")
        found = await shown(at)
        assert (set(found), found["m.msg"].status) == ({"m.msg", "m.msg/合同.doc"}, "indexing")
