"""Verifies that an answer was signed by this Cloister."""

from collections.abc import Mapping

from shared.events.signature import AnswerKeys


class Proof:
    """`keys`: the `answer_keys` of POST /api/keys, signer to PEM. Without keys nothing holds: `learn` them first."""

    def __init__(self, keys: Mapping[str, str] | None) -> None:
        self.given = keys is not None
        self.learn(keys or {})

    def learn(self, keys: Mapping[str, str]) -> None:
        """Replace the known keys by these; ValueError when one of them is no key."""
        self._keys = AnswerKeys(keys)

    @property
    def known(self) -> bool:
        return bool(self._keys)

    def holds(self, subject: str, body: bytes, headers: Mapping[str, str] | None) -> bool:
        """Whether one of the keys signed these bytes for this subject."""
        return self._keys.verify(subject, body, headers)
