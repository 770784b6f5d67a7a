"""Answers as JSON that fits the caller's schema: validated, repaired once, else refused."""

import json
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry

from services.inference.engines.registry import Engine, GenerationRequest, Message
from services.inference.output.reasoning import ReasoningFilter
from services.inference.output.sanitizer import Sanitizer
from services.inference.prompt.messages import below
from shared.errors import Refused
from shared.events import Usage

PLAIN_FORM = "Write one JSON value that fits this JSON schema, and nothing else:\n"
FORM = "Fill the form from the numbered passages only. " + PLAIN_FORM
AGAIN = "That does not fit: {}. Write the whole JSON again, corrected, and nothing else."
MARKS = 999  # passages: any `[n]` stays
LONGEST = 64 * 1024  # characters of an answer


async def fill(
    engine: Engine,
    order: GenerationRequest,
    schema: dict[str, Any],
    thinks_first: bool,
    hosts: frozenset[str] = frozenset(),
    form: str = FORM,
) -> tuple[str, Usage]:
    """The JSON text and what it cost; links in it lead to `hosts`, as in any answer.

    `Refused` (422) says where the second attempt still does not fit.
    """
    order = replace(order, messages=_asked(order.messages, schema, form), schema=schema, grammar="", stop=())
    text, usage = await _written(engine, order, thinks_first)
    found, problem = _checked(text, schema, hosts)
    if problem:
        turns = (Message(role="assistant", content=text), Message(role="user", content=AGAIN.format(problem)))
        again, more = await _written(engine, replace(order, messages=(*order.messages, *turns)), thinks_first)
        usage = usage.model_copy(update={name: getattr(usage, name) + getattr(more, name) for name in _counted(usage)})
        found, problem = _checked(again, schema, hosts)
    if problem:
        words = f"The model's answer does not fit the schema of `response_format`, twice: {problem}."
        raise Refused("answer_not_in_schema", f"{words} Simplify it, or ask a larger model.", 422)
    return json.dumps(found, ensure_ascii=False), usage


def _asked(messages: tuple[Message, ...], schema: dict[str, Any], form: str) -> tuple[Message, ...]:
    """The form in the place of our own instructions; the caller's stay below it."""
    text = form + json.dumps(schema, ensure_ascii=False)
    added = next((below(str(one["content"])) for one in messages if one["role"] == "system"), "")
    asked = Message(role="system", content=text + added)
    return (asked, *(message for message in messages if message["role"] != "system"))


async def _written(engine: Engine, order: GenerationRequest, thinks_first: bool) -> tuple[str, Usage]:
    thinking, text, usage = ReasoningFilter(thinks_first), "", Usage()
    async with aclosing(engine.write(order)) as pieces:
        async for piece in pieces:
            usage = piece.usage or usage
            text += "".join(part for kind, part in thinking.feed(piece.text) if kind == "token")
            if len(text) > LONGEST:
                break
    return text + "".join(part for kind, part in thinking.finish() if kind == "token"), usage


def _checked(text: str, schema: dict[str, Any], hosts: frozenset[str]) -> tuple[Any, str]:
    """The value and what is wrong with it; models like to put JSON into a code block."""
    begin = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=0)
    try:
        found, _ = json.JSONDecoder().raw_decode(text[begin:].strip())
    except json.JSONDecodeError as error:
        return None, f"it is not JSON ({error.msg} at character {error.pos})"
    found = _cleaned(found, hosts)
    # An empty registry: a reference to another address is never fetched.
    wrong = next(Draft202012Validator(schema, registry=Registry()).iter_errors(found), None)
    return found, f"{wrong.json_path}: {wrong.message[:200]}" if wrong else ""


def _cleaned(value: Any, hosts: frozenset[str]) -> Any:
    """Every text in it as an answer's text leaves."""
    if isinstance(value, str):
        sanitizer = Sanitizer(MARKS, hosts)
        return sanitizer.feed(value) + sanitizer.finish()
    if isinstance(value, list):
        return [_cleaned(item, hosts) for item in value]
    if isinstance(value, dict):
        return {_cleaned(name, hosts): _cleaned(item, hosts) for name, item in value.items()}
    return value


def _counted(usage: Usage) -> tuple[str, ...]:
    return tuple(type(usage).model_fields)
