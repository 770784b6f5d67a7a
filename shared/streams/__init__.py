"""Every stream and durable consumer, declared once; `cloister streams apply` applies them to the server."""

from shared.streams.apply import apply, missing, show
from shared.streams.consumers import CONSUMERS, Consumer, consumer_for, consumers_of
from shared.streams.streams import OBJECTS, STREAMS, Stream

__all__ = [
    "CONSUMERS", "OBJECTS", "STREAMS", "Consumer", "Stream",
    "apply", "consumer_for", "consumers_of", "missing", "show",
]  # fmt: skip
