"""The server's log as JSON lines in the form of our services; nats-server itself writes text alone."""

import json
import re
from datetime import UTC, datetime

LINE = re.compile(rb"^\[\d+\] (\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{6}) \[(\w{3})\] (.*)$")
LEVELS = {b"TRC": "DEBUG", b"DBG": "DEBUG", b"INF": "INFO", b"WRN": "WARNING", b"ERR": "ERROR", b"FTL": "CRITICAL"}
# Who fails to sign in may have typed a password where the name goes.
TYPED = re.compile(rb'(authentication error - (?:User|Nkey|JWT User) )"(?:[^"\\]|\\.)*"')
HIDDEN = rb'\1"..."'


def as_json(line: bytes) -> bytes:
    """One line of the server; what is in none of its own forms, such as a panic, is an error without a time of its own.

    Times are the machine's local ones in the server's text, and UTC here.
    """
    line = TYPED.sub(HIDDEN, line.rstrip())
    found = LINE.match(line)
    when, level, message = found.groups() if found else (b"", b"ERR", line)
    local = datetime.strptime(when.decode(), "%Y/%m/%d %H:%M:%S.%f") if when else datetime.now()
    told = {
        "time": local.astimezone(UTC).isoformat(timespec="milliseconds"),
        "level": LEVELS.get(level, "INFO"),
        "logger": "nats-server",
        "message": message.decode(errors="replace"),
    }
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"
