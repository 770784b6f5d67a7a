"""An engine for whole-system tests: it reads out the passage that speaks most about the question."""

import asyncio
import re
from collections.abc import AsyncGenerator

from services.inference.engines.registry import Order, Piece
from services.inference.prompt.words import overlap, words
from services.inference.settings import InferenceSettings
from shared.events import Usage

PASSAGE = re.compile(r"^\[(\d+)\] [^\n]*\n(.+?)(?=\n\n\[\d+\] |\Z)", re.DOTALL | re.MULTILINE)
WORD = re.compile(r"\S{1,8}\s*")
# Words of a question that is to be answered word by word, with the seconds between two of them.
SLOW = {"slowly": 0.05, "慢慢": 0.05, "dragging": 0.25}
SLOW_WORDS = 30  # 1.5 seconds in all, or 7.5


class Reader:
    """What it writes is known beforehand: a passage as it stands, or a line of its own, and a mark."""

    async def write(self, order: Order) -> AsyncGenerator[Piece]:
        given, _, question = order.messages[-1]["content"].rpartition("\n\n")
        wanted = words(question)
        n, text = max(PASSAGE.findall(given), key=lambda passage: overlap(wanted, passage[1]))
        if "sum up" in question:
            text = f"In all it is about {min(wanted, key=len)}."
        pause = next((pause for word, pause in SLOW.items() if word in question), 0)
        pieces = WORD.findall(text)[:SLOW_WORDS] if pause else []
        for piece in pieces:
            yield Piece(text=piece)
            await asyncio.sleep(pause)
        yield Piece(text=text[len("".join(pieces)) :] + f" [{n}]")
        yield Piece(usage=Usage(prompt_tokens=len(given) // 4, completion_tokens=len(text) // 4), finish="stop")

    async def models(self) -> tuple[str, ...]:
        return ("reader",)

    async def count(self, texts: list[str]) -> list[int] | None:
        return [len(text) // 4 for text in texts]

    async def close(self) -> None:
        return


async def open_reader(settings: InferenceSettings) -> Reader:
    """For CLOISTER_ENGINE."""
    return Reader()
