"""Prometheus metrics of the bus; services define their own beside what they measure."""

from prometheus_client import Counter, Histogram

EVENTS_TOTAL = Counter("cloister_events_total", "Messages handled", ["service", "event", "outcome"])
EVENT_SECONDS = Histogram(
    "cloister_event_seconds",
    "Time in a handler",
    ["service", "event"],
    buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60),
)
