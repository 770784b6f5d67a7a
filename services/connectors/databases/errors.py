"""What a source did wrong, in words for who asks."""

from shared.errors import Refused, Unavailable


def away(title: str) -> Unavailable:
    """It does not answer at all."""
    words = f"{title} does not answer now. Ask again in a few minutes; if it stays so, tell who runs it."
    return Unavailable(words, "source_unavailable", 30)


def denied(title: str) -> Refused:
    """It does not take the login, or has no such database."""
    words = f"{title} does not let Cloister in. An administrator checks the login and the database in its URL."
    return Refused("source_denied", words, 503)


def busy(title: str) -> Unavailable:
    """All of its connections are in use."""
    return Unavailable(f"{title} is busy with other questions. Ask again in a few seconds.", "source_busy", 5)


def unsafe(title: str, right: str) -> Refused:
    """Its login can do more than read."""
    words = (
        f"{title} is not used: its login may do more than read ({right[:100]}). An administrator gives it SELECT alone."
    )
    return Refused("source_unsafe", words, 503)


def unsafe_tool(title: str, tool: str) -> Refused:
    """A tool that may write, or says nothing of it."""
    words = f"{title} is not asked: its tool {tool!r} does not say that it only reads. Who runs it sets readOnlyHint."
    return Refused("source_unsafe", words, 503)


def slow(title: str, seconds: float) -> Refused:
    """The query ran out of time."""
    words = f"{title} did not finish within {seconds:g} s, and the query was stopped. Ask for less, such as one month."
    return Refused("source_slow", words, 504)


def costly(title: str) -> Refused:
    """The database's estimate is above the limit."""
    words = f"The query would cost {title} too much, and was not run. Ask for less, such as one month or one product."
    return Refused("query_too_costly", words, 422)


def changed(title: str, detail: str) -> Refused:
    """A table or column is not what connectors.toml says."""
    words = f"{title} has changed: {detail}. An administrator corrects connectors.toml (`cloister connectors check`)."
    return Refused("source_changed", words, 502)


def failed(title: str, detail: str) -> Refused:
    """Anything else that the database says."""
    words = f"{title} could not run the query: {detail[:200]}."
    return Refused("source_failed", words, 502, values={"source": title})
