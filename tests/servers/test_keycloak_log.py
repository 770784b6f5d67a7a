"""The log of the local Keycloak as JSON lines."""

import json
from typing import Any

import pytest

from infra.keycloak.log_lines import as_json

LINE: dict[str, Any] = {
    "timestamp": "2026-11-28T10:25:19.913924353Z", "sequence": 2985, "loggerName": "org.keycloak.events",
    "level": "WARN", "message": "类型=LOGIN_ERROR", "threadName": "executor-thread-1",
}  # fmt: skip


def told(line: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(as_json(line))
    return found


def test_a_line_keeps_its_time_level_and_words() -> None:
    assert told(json.dumps(LINE).encode()) == {
        "time": "2026-11-28T10:25:19.913+00:00", "level": "WARNING", "logger": "org.keycloak.events",
        "message": "类型=LOGIN_ERROR",
    }  # fmt: skip


def test_an_exception_stays_with_its_line() -> None:
    raised = {"exceptionType": "java.net.BindException", "frames": [{"class": "sun.nio.ch.Net", "line": 555}]}
    assert told(json.dumps(LINE | {"exception": raised}).encode())["exception"] == raised


@pytest.mark.parametrize("line", ["JAVA_OPTS_KC_HEAP already set in environment", '{"level": "INFO"}', "[1]", "7"])
def test_a_line_in_another_form_is_kept_as_it_is(line: str) -> None:
    found = told(line.encode() + b"\n")
    assert (found["level"], found["logger"], found["message"]) == ("INFO", "keycloak", line)
    assert found["time"].endswith("+00:00")
