"""Codes that a question names exactly: whether they stand anywhere in what may be read."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from services.retrieval.text.bm25 import Sparse, hashes, terms
from services.retrieval.text.tokenizer import folded

# Two letters or more with two digits or more: ZK-9931, QM-FIN-014, ISO9001; no years of accounts, no quarters.
CODE = re.compile(
    r"(?<![\w-])(?!(?:FY|CY|Q)[-']?\d)[A-Z]{2,8}(?:[-_/][A-Z]{1,8})*[-_/]?\d{2,}[\w-]*(?![\w-])",
    re.IGNORECASE | re.ASCII,
)
MOST = 3  # of a question
LOOKED_AT = 20  # chunks with parts of the code
DOUBT = 0.5  # of the support, when a code that was asked for stands nowhere
ABSENT = {True: "（您可以查看的文档中没有出现 {}。）", False: "({} does not occur in the documents that you may read.)"}


def codes(text: str) -> tuple[str, ...]:
    """The codes in a text, as they are written."""
    return tuple(dict.fromkeys(CODE.findall(text)))[:MOST]


def worded(code: str) -> Sparse:
    """What to look for in the lexical leg."""
    wanted = hashes(terms(code))
    return Sparse(wanted, [1.0] * len(wanted))


def stands(code: str, rows: Iterable[Mapping[Any, Any]]) -> bool:
    """Whether a row has it, with or without its hyphens, in any case and width."""
    wanted = _close(code)
    return any(wanted in _close(f"{row['title']} {' '.join(row['heading'])} {row['text']}") for row in rows)


def told(absent: Iterable[str], chinese: bool) -> tuple[str, ...]:
    """A note for the answer."""
    named = ("、" if chinese else ", ").join(absent)
    return (ABSENT[chinese].format(named),) if named else ()


def _close(text: str) -> str:
    return re.sub(r"[\W_]+", "", folded(text))
