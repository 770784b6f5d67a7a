"""What every message is: an event has a subject and is a fact, a request has a reply."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A piece of a message. Unknown fields are ignored, so that older readers meet newer writers."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Part):
    """A fact, published on `subject`; `{field}` in it is filled from the event."""

    subject: ClassVar[str]
    heard_as: ClassVar[str]

    def __init_subclass__(cls, subject: str = "", heard_as: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if subject:
            cls.subject, cls.heard_as = subject, heard_as or subject

    def address(self) -> str:
        """The subject with the event's own fields filled in."""
        return self.subject.format_map(self.__dict__)

    def identity(self) -> str | None:
        """What makes two publications the same event (JetStream then keeps one); None when each is its own."""
        return None


class Request(Part):
    """A question between services, answered at once with `Reply`; never stored."""

    subject: ClassVar[str]
    reply: ClassVar[type[BaseModel]]

    def __init_subclass__(cls, subject: str = "", reply: type[BaseModel] | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if reply is not None:
            cls.subject, cls.reply = subject, reply


class Refusal(Part):
    """The reply to a request that was refused; `retry_after` seconds from now it may be granted."""

    error: str
    reason: str
    status: int
    retry_after: float | None = None
