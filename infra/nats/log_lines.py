"""Converts the log lines of nats-server from text to JSON, in the form of Cloister's services."""

import json
import re
from datetime import UTC, datetime

LINE = re.compile(rb"^\[\d+\] (\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{6}) \[(\w{3})\] (.*)$")
LEVELS = {b"TRC": "DEBUG", b"DBG": "DEBUG", b"INF": "INFO", b"WRN": "WARNING", b"ERR": "ERROR", b"FTL": "CRITICAL"}
# A user who fails to sign in may have typed a password as the name.
TYPED_NAME = re.compile(rb'(authentication error - (?:User|Nkey|JWT User) )"(?:[^"\\]|\\.)*"')
REDACTED = rb'\1"..."'


def as_json(line: bytes) -> bytes:
    """One line as JSON. A line in another form, such as a panic, is an error without a time of its own.

    Times are local in the server's text, and UTC here.
    """
    line = TYPED_NAME.sub(REDACTED, line.rstrip())
    found = LINE.match(line)
    when, level, message = found.groups() if found else (b"", b"ERR", line)
    local = datetime.strptime(when.decode(), "%Y/%m/%d %H:%M:%S.%f") if when else datetime.now()
    entry = {
        "time": local.astimezone(UTC).isoformat(timespec="milliseconds"),
        "level": LEVELS.get(level, "INFO"),
        "logger": "nats-server",
        "message": message.decode(errors="replace"),
    }
    return json.dumps(entry, ensure_ascii=False).encode() + b"\n"
