"""Traces, metrics and JSON logs of each service."""

import json
import logging
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import orjson
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Tracer, get_current_span
from prometheus_client import Counter, Histogram

from shared.settings import settings

EVENTS_TOTAL = Counter("cloister_events_total", "Messages handled", ["service", "event", "outcome"])
EVENT_SECONDS = Histogram(
    "cloister_event_seconds",
    "Time in a handler",
    ["service", "event"],
    buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60),
)


class SpanFile(SpanExporter):
    """Spans as JSON lines in a file, for a box without a collector."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab")

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self._file.writelines(orjson.dumps(_line(span), default=str) + b"\n" for span in spans)
        self._file.flush()
        return SpanExportResult.SUCCESS


def _line(span: ReadableSpan) -> dict[str, object]:
    """What a person looks for; the SDK's own JSON takes ten times as long to make."""
    context = span.context
    return {
        "name": span.name,
        "service": span.resource.attributes["service.name"],
        "trace_id": f"{context.trace_id:032x}" if context else "",
        "span_id": f"{context.span_id:016x}" if context else "",
        "parent_id": f"{span.parent.span_id:016x}" if span.parent else None,
        "start": (span.start_time or 0) / 1e9,
        "seconds": ((span.end_time or 0) - (span.start_time or 0)) / 1e9,
        "status": span.status.status_code.name,
        "error": span.status.description,
        "attributes": dict(span.attributes or {}),
    }


@cache
def _exporter() -> BatchSpanProcessor:
    here = settings()
    if here.otlp_endpoint:
        # Imported only where it is used: it costs a third of a second.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        return BatchSpanProcessor(OTLPSpanExporter(endpoint=here.otlp_endpoint.rstrip("/") + "/v1/traces"))
    return BatchSpanProcessor(SpanFile(here.home / "traces.jsonl"))


@cache
def tracer(service: str) -> Tracer:
    """The service's tracer; all tracers of a process share one exporter."""
    provider = TracerProvider(
        resource=Resource.create({"service.name": f"cloister-{service}"}),
        sampler=ParentBased(TraceIdRatioBased(settings().trace_share)),
    )
    provider.add_span_processor(_exporter())
    return provider.get_tracer("cloister")


class JsonLines(logging.Formatter):
    """One JSON object a record."""

    def format(self, record: logging.LogRecord) -> str:
        context = get_current_span().get_span_context()
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if context.is_valid:
            line |= {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_as_json(level: str) -> None:
    """Send this process's logs to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("alembic", "cloister.broker", "httpx", "httpx2", "jieba", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def flush() -> None:
    """Write what spans are still held."""
    _exporter().force_flush(2000)
