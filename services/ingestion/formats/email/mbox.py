"""Splits an MBOX file into its e-mails."""

import re
from collections.abc import Iterator
from dataclasses import replace

from services.ingestion.formats.archive.nested import counted, once
from services.ingestion.formats.archive.zip import Member
from services.ingestion.formats.detection import LETTER
from services.ingestion.formats.email import eml
from services.ingestion.formats.safe_names import Names

BEGINS = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))" + LETTER)
QUOTED = re.compile(rb"^>(>*From )", re.M)


def mbox(data: bytes) -> list[Member]:
    """Each message under its subject, followed by what is attached to it."""
    return counted(letters(data, 1))


def letters(data: bytes, depth: int) -> Iterator[Member]:
    """The same, `depth` files deep."""
    names = Names()
    starts = [found.span() for found in BEGINS.finditer(data)]
    for (_, first), (last, _) in zip(starts, [*starts[1:], (len(data), 0)], strict=True):
        letter = QUOTED.sub(rb"\1", data[first:last])
        member = Member(names.new(f"{eml.subject_of(letter)}.eml"), len(letter), once(letter))
        yield member
        for one in eml.unpacked(letter, depth + 1):
            yield replace(one, name=f"{member.name}/{one.name}")
