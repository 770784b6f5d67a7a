"""Microsoft's presidio beside the built-in recognisers: an extra, off by default."""

from collections.abc import Iterator
from typing import Any

from shared.errors import NotReady

MISSING = (
    "CLOISTER_AUDIT_PRESIDIO=true needs the package presidio-analyzer ({}). Install it with "
    "`.venv/bin/uv sync --inexact --extra presidio`, or unset it."
)
# The first two look names of hosts up on the internet, and e-mail is recognised already; a date is nobody's secret.
LEFT_OUT = ("EmailRecognizer", "UrlRecognizer", "DateRecognizer")
LEAST = 0.5  # score
LANGUAGE = "en"  # of the patterns; they are numbers and codes


class Presidio:
    """Its pattern recognisers without a language model: card and account numbers, wallets and ids of many countries."""

    def __init__(self) -> None:
        try:
            import spacy
            from presidio_analyzer import AnalyzerEngine
            from presidio_analyzer.nlp_engine import SpacyNlpEngine
        except ImportError as error:
            raise NotReady(MISSING.format(error)) from error
        nlp: Any = SpacyNlpEngine(models=[{"lang_code": LANGUAGE, "model_name": "blank"}])
        nlp.nlp = {LANGUAGE: spacy.blank(LANGUAGE)}
        self._analyzer: Any = AnalyzerEngine(nlp_engine=nlp, supported_languages=[LANGUAGE])
        for name in LEFT_OUT:
            self._analyzer.registry.remove_recognizer(name)

    def spots(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where something stands, from the end on, and what it is; the surest of those that overlap."""
        found = self._analyzer.analyze(text, language=LANGUAGE, score_threshold=LEAST)
        start = len(text) + 1
        for one in sorted(found, key=lambda one: (-one.end, -one.score)):
            if one.end <= start:
                start = one.start
                yield one.start, one.end, one.entity_type.lower().replace("_", "-")
