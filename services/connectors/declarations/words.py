"""Names for people, in Chinese and English."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Strict(BaseModel):
    """A table of `connectors.toml`: an unknown field is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Label(Strict):
    """A name in both languages; one text stands for both."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh if self.zh == self.en else f"{self.zh} {self.en}"

    def said(self, chinese: bool) -> str:
        """The name in the language of the question."""
        return self.zh if chinese else self.en


def _label(given: Any) -> Any:
    if isinstance(given, str):
        return {"zh": given, "en": given}
    if isinstance(given, dict) and len(given) == 1 and {*given} <= {"zh", "en"}:
        return dict.fromkeys(("zh", "en"), next(iter(given.values())))
    return given


Words = Annotated[Label, BeforeValidator(_label)]
