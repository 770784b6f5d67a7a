"""Verifies that this Cloister signed an answer."""

from collections.abc import Mapping

from shared.events.signature import AnswerKeys


class AnswerVerifier:
    """`keys`: the `answer_keys` of POST /api/keys, signer to PEM. Without keys nothing verifies: `set_keys` first."""

    def __init__(self, keys: Mapping[str, str] | None) -> None:
        self.fixed = keys is not None
        self.set_keys(keys or {})

    def set_keys(self, keys: Mapping[str, str]) -> None:
        """Replace the keys; ValueError if one is invalid."""
        self._keys = AnswerKeys(keys)

    @property
    def has_keys(self) -> bool:
        return bool(self._keys)

    def verify(self, subject: str, body: bytes, headers: Mapping[str, str] | None) -> bool:
        """Whether one of the keys signed these bytes for this subject."""
        return self._keys.verify(subject, body, headers)
