"""Messages of a conversation as OpenAI's clients send them: turns, the question, and the caller's instructions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.errors import Refused
from shared.events import Turn

TURNS = 8
INSTRUCTION_BYTES = 32 * 1024
TEXTS = ("text", "input_text", "output_text")
TOOLS = (
    "The field 'messages' ends with a message of the role {!r}, the result of a tool. Tools are not called here: "
    "leave 'tools' out, and send what they found in a message of the role 'user'."
)


class Piece(BaseModel):
    """A part of a message's content; only text is understood."""

    model_config = ConfigDict(extra="ignore")
    type: str
    text: str = ""


class Message(BaseModel):
    """One message of the conversation."""

    model_config = ConfigDict(extra="ignore")
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | Annotated[list[Piece], Field(max_length=1000, fail_fast=True)] | None = None

    @property
    def words(self) -> str:
        if isinstance(self.content, list):
            if any(piece.type not in TEXTS for piece in self.content):
                raise Refused("invalid", "Only text can be asked here. Leave images, audio and files out.", 400)
            return "\n".join(piece.text for piece in self.content)
        return self.content or ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Earlier turns, the question, and what system and developer messages say."""

    history: tuple[Turn, ...]
    question: str
    instructions: str = ""


def conversation(messages: Sequence[Message], instructions: str = "") -> Conversation:
    """The question is the last message and a user's; `Refused` (400, 413) says what cannot be taken."""
    if (role := messages[-1].role) in ("tool", "function"):
        raise Refused("unsupported", TOOLS.format(role), 400)
    if role != "user":
        raise Refused("invalid", "The last message must have the role 'user': it is the question.", 400)
    told = [message.words for message in messages if message.role in ("system", "developer")]
    added = "\n\n".join(text.strip() for text in (instructions, *told) if text.strip())
    if len(added.encode()) > INSTRUCTION_BYTES:
        words = "The system and developer messages are longer than 32 KiB. Shorten them, or upload the text."
        raise Refused("instructions_too_long", words, 413)
    return Conversation(_turns(messages[:-1]), messages[-1].words, added)


def _turns(messages: Sequence[Message]) -> tuple[Turn, ...]:
    asked, turns = "", []
    for message in messages:
        if message.role == "user":
            asked = message.words
        elif message.role == "assistant" and asked and message.words:  # without words, another model called a tool
            turns.append(Turn(question=asked, answer=message.words))
            asked = ""
    return tuple(turns[-TURNS:])
