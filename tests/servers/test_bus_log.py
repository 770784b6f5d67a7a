"""The log of the bus as JSON lines."""

import json

from infra.nats.log_lines import as_json


def test_a_line_of_the_server_keeps_its_level_and_words() -> None:
    told = json.loads(as_json(b"[412] 2026/11/28 06:10:31.123456 [WRN] Slow consumer: 3 pending\n"))
    assert (told["level"], told["logger"], told["message"]) == ("WARNING", "nats-server", "Slow consumer: 3 pending")
    assert told["time"].endswith("+00:00")


def test_what_was_typed_as_a_name_is_left_out() -> None:
    told = json.loads(as_json(b'[1] 2026/11/28 06:10:31.123456 [ERR] 1.2.3.4 - authentication error - User "hunter7"'))
    assert told["message"] == '1.2.3.4 - authentication error - User "..."'


def test_a_panic_is_an_error() -> None:
    told = json.loads(as_json(b"panic: runtime error: \xff index out of range"))
    assert (told["level"], told["message"]) == ("ERROR", "panic: runtime error: \ufffd index out of range")
