"""An engine for whole-system tests: it reads out the passage that speaks most about the question."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from typing import Any

from services.inference.engines.registry import GenerationRequest, OutputChunk
from services.inference.planning.prompt import schema as plan_schema
from services.inference.prompt.words import overlap, words
from services.inference.settings import InferenceSettings
from shared.events import Usage
from tests.support.scripted_plans import scripted

PASSAGE = re.compile(r"^\[(\d+)\] [^\n]*\n(.+?)(?=\n\n\[\d+\] |\Z)", re.DOTALL | re.MULTILINE)
WORD = re.compile(r"\S{1,8}\s*")
# Words of a question that is to be answered word by word, with the seconds between two of them.
SLOW = {"slowly": 0.05, "慢慢": 0.05, "dragging": 0.25}
PLAN = plan_schema()
SLOW_WORDS = 30  # 1.5 seconds in all, or 7.5


def filled(schema: dict[str, Any], text: str) -> Any:
    """The first thing that fits: texts from the prompt, first choices, empty lists."""
    match schema:
        case {"enum": [first, *_]}:
            return first
        case {"type": "object"}:
            return {name: filled(one, text) for name, one in schema.get("properties", {}).items()}
        case {"type": "array"}:
            return [filled(schema["items"], text)] * schema.get("minItems", 0)
        case {"type": "string"}:
            return text[: min(40, schema.get("maxLength", 40))]
        case {"type": "boolean"}:
            return False
        case _:
            return schema.get("minimum", 0)


class Reader:
    """What it writes is known beforehand: a passage as it stands, or a line of its own, and a mark."""

    async def write(self, order: GenerationRequest) -> AsyncGenerator[OutputChunk]:
        if order.schema == PLAN:
            question = json.loads(order.messages[-1]["content"])["question"]
            yield OutputChunk(text=json.dumps(scripted(question)))
            return
        if order.schema is not None:
            yield OutputChunk(text=json.dumps(filled(order.schema, order.messages[-1]["content"]), ensure_ascii=False))
            yield OutputChunk(usage=Usage(prompt_tokens=1, completion_tokens=1), finish="stop")
            return
        given, _, question = order.messages[-1]["content"].rpartition("\n\n")
        wanted = words(question)
        if not (passages := PASSAGE.findall(given)):
            yield OutputChunk(text=f"Without documents: {order.messages[-1]['content'][:200]}")
            yield OutputChunk(usage=Usage(prompt_tokens=1, completion_tokens=1), finish="stop")
            return
        n, text = max(passages, key=lambda passage: overlap(wanted, passage[1]))
        if "sum up" in question:
            text = f"In all it is about {min(wanted, key=len)}."
        if "reasoning" in question:
            yield OutputChunk(reasoning="The passages are compared first. ")
        pause = next((pause for word, pause in SLOW.items() if word in question), 0)
        pieces = WORD.findall(text)[:SLOW_WORDS] if pause else []
        for piece in pieces:
            yield OutputChunk(text=piece)
            await asyncio.sleep(pause)
        yield OutputChunk(text=text[len("".join(pieces)) :] + f" [{n}]")
        usage = Usage(prompt_tokens=len(given) // 4, completion_tokens=len(text) // 4)
        yield OutputChunk(usage=usage, finish="stop", model="reader-1")

    async def models(self) -> tuple[str, ...]:
        return ("reader",)

    async def count(self, texts: list[str]) -> list[int] | None:
        return [len(text) // 4 for text in texts]

    async def close(self) -> None:
        return


async def open_reader(settings: InferenceSettings) -> Reader:
    """For CLOISTER_ENGINE."""
    return Reader()
