"""Rules over signals: which become a question, and not again before a while is over."""

import time
from collections import OrderedDict
from typing import Any

from services.connectors.declarations.signals import SignalRule
from shared.events import Signal

REMEMBERED = 10_000


def matches(rule: SignalRule, signal: Signal) -> bool:
    """Every condition of the rule holds for the signal's fields."""
    if (rule.clients and signal.client not in rule.clients) or (rule.name and rule.name != signal.name):
        return False
    return all(_holds(condition, signal.fields.get(field)) for field, condition in rule.when.items())


def _holds(condition: Any, value: Any) -> bool:
    if not isinstance(condition, dict):
        return bool(value == condition)
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    return number is not None and all(
        number > limit if side == "above" else number < limit for side, limit in condition.items()
    )


def worded(rule: SignalRule, signal: Signal) -> str:
    """The question with the signal's own fields in it, as plain text."""
    text = rule.question
    for field, value in {**signal.fields, "name": signal.name, "client": signal.client}.items():
        text = text.replace("{" + field + "}", " ".join(str(value).split())[:200])
    return text


class RulePauses:
    """One question for a rule and machine within its pause; a machine that trembles at a limit asks once."""

    def __init__(self) -> None:
        self._until: OrderedDict[tuple[str, str, str], tuple[float, str]] = OrderedDict()

    def passes(self, name: str, rule: SignalRule, signal: Signal, occasion: str) -> bool:
        """Whether it may ask now; then the pause begins. A signal that is delivered again has the same occasion."""
        about = (name, signal.client, str(signal.fields.get(rule.each, "")) if rule.each else "")
        now = time.monotonic()
        until, asked = self._until.get(about, (0.0, ""))
        if until > now:
            return asked == occasion
        self._until[about] = now + rule.pause_seconds, occasion
        self._until.move_to_end(about)
        while len(self._until) > REMEMBERED:
            self._until.popitem(last=False)
        return True
