"""Checks a question against the topics of a group, by words or by a classifier."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from functools import cache, lru_cache
from importlib import import_module

from shared.errors import NotReady, Refused
from shared.events import TopicRule

Classify = Callable[[str], Iterable[str]]


def must_be_allowed(rules: Collection[TopicRule], question: str, classify: Classify | None = None) -> None:
    """`Refused` (403) when a rule denies one of its words, or none that any rule allows is there."""
    if not rules:
        return
    text, labels = _plain(question), {_plain(label) for label in classify(question)} if classify else set[str]()

    def named(words: Iterable[str]) -> bool:
        return any(_plain(word) in labels or _pattern(_plain(word)).search(text) for word in words)

    allowed = [word for rule in rules for word in rule.allow]
    if any(named(rule.deny) for rule in rules) or (allowed and not named(allowed)):
        raise Refused("topic_not_allowed", "Permission denied for this query", 403)


@cache
def classifier(place: str) -> Classify | None:
    """The function `module:function` that names a question's topics; `NotReady` when there is none."""
    if not place:
        return None
    module, _, name = place.partition(":")
    try:
        found: Classify = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        words = (
            f"CLOISTER_GATEWAY_TOPIC_CLASSIFIER={place!r} cannot be loaded ({error}). Use module:function, or unset it."
        )
        raise NotReady(words) from error
    return found


@lru_cache(2048)
def _pattern(word: str) -> re.Pattern[str]:
    """Whole words where words are set apart; anywhere in Chinese, where they are not."""
    edge = r"(?:^|(?<=[^a-z0-9_]))", r"(?![a-z0-9_])"
    return re.compile(edge[0] + re.escape(word) + edge[1] if word.isascii() else re.escape(word))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
