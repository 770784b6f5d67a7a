"""Counts the tokens of texts: as the model does where it can say, else estimated."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any

from services.retrieval.text.bm25 import HAN

LETTERS = 4  # of a token, of languages that are written with letters
CHINESE = re.compile(HAN)


async def counted(embedder: Any, texts: Sequence[str]) -> int:
    """Of all texts together. `embedder` or its model may have `count(texts)`, a sum."""
    count = getattr(embedder, "count", None)
    return int(await asyncio.to_thread(count, texts)) if count else sum(map(estimated, texts))


def estimated(text: str) -> int:
    """A Chinese character is a token, and so are four letters."""
    chinese = len(CHINESE.findall(text))
    return chinese + -(-(len(text) - chinese) // LETTERS)
