"""Base classes: an event has a subject, a request has a reply."""

from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A piece of a message. Unknown fields are ignored, so that older readers meet newer writers."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Model):
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


Reply = TypeVar("Reply", bound=BaseModel)


class Request(Model, Generic[Reply]):
    """A request to another service, never stored: `class Admit(Request[Admitted], subject="auth.admit.v1")`."""

    subject: ClassVar[str]
    reply: ClassVar[type[BaseModel]]

    def __init_subclass__(cls, subject: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if subject:
            cls.subject = subject

    @classmethod
    def __pydantic_init_subclass__(cls, subject: str = "", **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if subject:
            cls.reply = cls.__base__.__pydantic_generic_metadata__["args"][0]  # type: ignore[union-attr]


def requests() -> list[type[Request[Any]]]:
    """Every request class, in the order of its definition."""
    return [request for parametrised in Request.__subclasses__() for request in parametrised.__subclasses__()]


class Refusal(Model):
    """The reply to a request that was refused; `retry_after` seconds from now it may be granted.

    `values` are what `error` tells of names, numbers and times.
    """

    error: str
    reason: str
    status: int
    retry_after: float | None = None
    values: dict[str, str | int] = {}
