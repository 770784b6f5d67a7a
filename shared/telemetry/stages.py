"""The stages of a document on its way in, as spans and as a metric."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Histogram

from shared.telemetry.spans import tracer

STAGE_SECONDS = Histogram(
    "cloister_ingestion_stage_seconds",
    "Stages of documents on their way in: fetch, parse, keep; embed and index for each batch of chunks",
    ["stage"],
    buckets=(0.005, 0.02, 0.1, 0.5, 2, 10, 30, 60, 120, 300, 600),
)
DOCUMENTS_TOTAL = Counter(
    "cloister_documents_total", "Revisions that were indexed or rejected, with the reason", ["outcome", "reason"]
)


@contextmanager
def stage(service: str, name: str, **attributes: str) -> Iterator[None]:
    """A span `name` around the block, which is counted however it ends; `attributes` with `__` for dots."""
    began = time.perf_counter()
    about = {key.replace("__", "."): value for key, value in attributes.items()}
    with tracer(service).start_as_current_span(name, attributes=about, record_exception=False):
        try:
            yield
        finally:
            STAGE_SECONDS.labels(name).observe(time.perf_counter() - began)
