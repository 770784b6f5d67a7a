"""Invitations within an e-mail: what, when and where (iCalendar, RFC 5545)."""

import re

EVENT = re.compile(r"^BEGIN:VEVENT$(.*?)^END:VEVENT$", re.M | re.S)
LINE = re.compile(r"^([A-Z-]+)((?:;[^:\n\"]*(?:\"[^\"\n]*\")?[^:\n\"]*)*):(.*)$", re.M)
MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?")
ZONE = re.compile(r";TZID=\"?([^;:\"]+)")
ESCAPED = {"\\n": "\n", "\\N": "\n", "\\,": ",", "\\;": ";", "\\\\": "\\"}
SHOWN = {
    "SUMMARY": "Event", "DTSTART": "Starts", "DTEND": "Ends", "RRULE": "Repeats", "LOCATION": "Location",
    "ORGANIZER": "Organizer", "ATTENDEE": "Attendee", "STATUS": "Status", "DESCRIPTION": "Description",
}  # fmt: skip


def events(calendar: str) -> str:
    """The events of a calendar part, a line a field: `Starts: 2025-03-10 13:00 UTC`."""
    unfolded = re.sub(r"\n[ \t]", "", calendar.replace("\r\n", "\n"))
    return "\n\n".join(_event(found[1]) for found in EVENT.finditer(unfolded))


def _event(body: str) -> str:
    # An alarm within an event has a description of its own.
    lines = LINE.findall(re.sub(r"^BEGIN:VALARM$.*?^END:VALARM$", "", body, flags=re.M | re.S))
    fields = [(name, about, _text(value)) for name, about, value in lines if name in SHOWN and value.strip()]
    fields.sort(key=lambda field: list(SHOWN).index(field[0]))
    return "\n".join(f"{SHOWN[name]}: {_value(about, value)}" for name, about, value in fields)


def _value(about: str, value: str) -> str:
    if moment := MOMENT.fullmatch(value):
        year, month, day, hour, minute, second, utc = moment.groups()
        zone = ZONE.search(about)
        clock = f" {hour}:{minute}" + (f":{second}" if second != "00" else "") if hour else ""
        return f"{year}-{month}-{day}{clock}" + (" UTC" if utc else f" ({zone[1]})" if zone and hour else "")
    return re.sub(r"^mailto:", "", value, flags=re.I)


def _text(value: str) -> str:
    return re.sub(r"\\[nN,;\\]", lambda found: ESCAPED[found[0]], value).strip()
