"""Reads questions with known documents from JSON lines; errors name the line."""

import json
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from client.sdk.errors import Refused

HAN = 0.2  # share of the letters: a Chinese question with an English product name has more, an English one with 一 less


class DatasetLine(BaseModel):
    """A line of the file; other fields are ignored."""

    model_config = ConfigDict(extra="ignore", strict=True)

    question: str = Field(min_length=1, max_length=8000)
    document: str = Field(min_length=1)
    page: int | None = Field(None, ge=1)
    language: str | None = Field(None, min_length=1, max_length=20)
    check_first: bool = Field(False, alias="check")


class Question(NamedTuple):
    """`document` is a title, `page` counts from 1; without a page any page counts."""

    line: int
    question: str
    document: str
    page: int | None
    language: str


def read(path: Path) -> list[Question]:
    """All questions; `Refused` names the first invalid line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            "invalid", f"{path} cannot be read ({error}). Save it as UTF-8, one JSON object a line."
        ) from error
    found = [_question(path, number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not found:
        raise Refused("invalid", f"{path} has no question. Write one JSON object a line: question, document, page.")
    return found


def _question(path: Path, number: int, text: str) -> Question:
    place = f"{path.name}, line {number}"
    try:
        line = DatasetLine.model_validate(_object(text))
    except json.JSONDecodeError as error:
        words = f"{place} is not JSON ({error.msg} at column {error.colno}). Write one object a line."
        raise Refused("invalid", words) from error
    except ValidationError as error:
        first = error.errors()[0]
        name, value = ".".join(map(str, first["loc"])) or "line", str(first.get("input"))[:60]
        words = f"{place}: the field {name!r} cannot be {value!r} ({first['msg']}). {REMEDIES.get(name, '')}".rstrip()
        raise Refused("invalid", words) from error
    if line.check_first:
        words = f"{place} is an unchecked suggestion. Correct `document`, and remove `check`."
        raise Refused("invalid", words)
    return Question(number, line.question, line.document, line.page, line.language or language(line.question))


REMEDIES = {
    "question": "Write what is asked.",
    "document": "Write the title, as `cloister documents list` shows it.",
    "page": "Write a number from 1, or leave it out.",
    "language": "Write zh or en, or leave it out.",
    "line": "Write an object with question, document and page.",
}


def _object(text: str) -> Any:
    return json.loads(text)


def language(text: str) -> Literal["zh", "en"]:
    """By the share of Chinese characters among the letters."""
    letters = [c for c in text if c.isalpha()]
    han = sum("\u3400" <= c <= "\u9fff" for c in letters)
    return "zh" if letters and han >= HAN * len(letters) else "en"
