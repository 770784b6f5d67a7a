"""Spans: to a collector by OTLP, or to a file as JSON lines. Each names the query or document it is about."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import orjson
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Tracer, get_current_span

from shared.settings import settings

QUERY, DOCUMENT = "cloister.query.id", "cloister.document.id"


class InheritAttributes(SpanProcessor):
    """A span is about the same query or document as the one around it."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        around = getattr(get_current_span(parent_context), "attributes", None) or {}
        span.set_attributes({name: around[name] for name in (QUERY, DOCUMENT) if name in around})


def noted(message: object) -> dict[str, str]:
    """What an event or request is about, set on the current span and returned."""
    given = {QUERY: getattr(message, "query", ""), DOCUMENT: getattr(message, "document_id", "")}
    about = {name: str(value) for name, value in given.items() if value}
    get_current_span().set_attributes(about)
    return about


def question_of_span() -> str:
    """Which query the current span is about, if it is recorded and about one."""
    return str((getattr(get_current_span(), "attributes", None) or {}).get(QUERY, ""))


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
    provider.add_span_processor(InheritAttributes())
    provider.add_span_processor(_exporter())
    return provider.get_tracer("cloister")


def flush() -> None:
    """Write what spans are still held."""
    _exporter().force_flush(2000)
