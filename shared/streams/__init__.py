"""Every stream and durable consumer of the bus, declared once; `cloister streams apply` makes the server agree."""

from shared.streams.apply import apply, missing, show
from shared.streams.consumers import CONSUMERS, Consumer, consumer_for, consumers_of
from shared.streams.streams import OBJECTS, STREAMS, Stream

__all__ = [
    "CONSUMERS", "OBJECTS", "STREAMS", "Consumer", "Stream",
    "apply", "consumer_for", "consumers_of", "missing", "show",
]  # fmt: skip
