"""Traces, metrics and JSON logs of each service."""

from shared.telemetry.logs import JsonLines, log_as_json
from shared.telemetry.metrics import EVENT_SECONDS, EVENTS_TOTAL
from shared.telemetry.spans import flush, noted, tracer

__all__ = ["EVENTS_TOTAL", "EVENT_SECONDS", "JsonLines", "flush", "log_as_json", "noted", "tracer"]
