"""Numbers what each process publishes for the audit log, so that a gap shows in it."""

from functools import cache

from shared.registry import services


@cache
def recorded() -> frozenset[str]:
    """The first tokens of the subjects that the audit log consumes; the registry lists them."""
    consumers = services()["audit"].consumers
    return frozenset(subject.split(".")[0] for consumer in consumers for subject in consumer["subjects"])


class Numbering:
    """Numbers from 1. One that was not stored is told with the next event, in `cloister-void`: `3,7-9`."""

    def __init__(self, emitter: str) -> None:
        self._emitter, self._last = emitter, 0
        self._void: set[int] = set()

    def take(self, subject: str) -> tuple[set[int], dict[str, str]]:
        """The numbers that this message speaks for, and its headers; none when the log never sees the subject."""
        if subject.split(".")[0] not in recorded():
            return set(), {}
        self._last += 1
        void, self._void = self._void, set()
        headers = {"cloister-emitter": self._emitter, "cloister-n": str(self._last)}
        return void | {self._last}, headers | ({"cloister-void": ranges(void)} if void else {})

    def lost(self, numbers: set[int]) -> None:
        """The message was refused, or held to be one that is stored already."""
        self._void |= numbers


def ranges(numbers: set[int]) -> str:
    """`3,7-9`."""
    found = list[list[int]]()
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in found)
