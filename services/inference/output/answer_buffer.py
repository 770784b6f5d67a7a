"""Collects the engine's output. The stored answer equals the streamed text, character for character."""

from collections.abc import Sequence

from services.inference.engines.registry import Finish, OutputChunk
from services.inference.output.paraphrase import QuotationFilter
from services.inference.output.reasoning import ReasoningFilter
from services.inference.output.repetition import RepetitionFilter
from services.inference.output.sanitizer import Sanitizer
from services.inference.output.token_stream import TokenStream
from shared.events import Usage


class AnswerBuffer:
    """The answer as far as it has been told."""

    def __init__(
        self,
        voice: TokenStream,
        cleaner: Sanitizer,
        thoughts: Sanitizer,
        thinking: ReasoningFilter,
        paraphrase: QuotationFilter,
        reserved: bool = False,
    ) -> None:
        """`reserved`: what the model thinks may quote what must not be quoted, and is not told."""
        self._paraphrase, self._reserved = paraphrase, reserved
        self._voice, self._cleaner, self._thoughts, self._thinking = voice, cleaner, thoughts, thinking
        self._repetition = RepetitionFilter()
        self._space = ""
        self.text = ""
        self.usage = Usage()
        self.finish: Finish | None = None

    @property
    def circling(self) -> bool:
        """It says the same again and again: more will not come of it."""
        return self._repetition.found

    async def take(self, piece: OutputChunk) -> None:
        """Split, clean and tell one piece."""
        self.usage, self.finish = piece.usage or self.usage, piece.finish or self.finish
        if piece.reasoning:
            await self._reason(self._thoughts.feed(piece.reasoning))
        await self._tell(self._thinking.feed(piece.text) if piece.text else [])

    async def end(self) -> None:
        """Nothing more comes from the engine; white space at the end is left out."""
        await self._tell(self._thinking.finish())
        await self._reason(self._thoughts.finish())
        await self._write(self._cleaner.finish())
        await self.add(self._paraphrase.feed(self._repetition.finish()))
        await self.add(self._paraphrase.finish())
        self._space = ""

    async def add(self, text: str) -> None:
        """Clean text; white space waits for what follows it."""
        text = self._space + text if self.text else text.lstrip()
        told = text.rstrip()
        self._space = text[len(told) :]
        if told:
            self.text += told
            await self._voice.say("token", told)

    async def _tell(self, parts: Sequence[tuple[str, str]]) -> None:
        for kind, text in parts:
            if kind == "reasoning":
                await self._reason(self._thoughts.feed(text))
                continue
            await self._reason(self._thoughts.finish())
            await self._write(self._cleaner.feed(text))

    async def _write(self, clean: str) -> None:
        if clean:
            await self.add(self._paraphrase.feed(self._repetition.feed(clean)))

    async def _reason(self, clean: str) -> None:
        if clean and not self._reserved:
            await self._voice.say("reasoning", clean)
