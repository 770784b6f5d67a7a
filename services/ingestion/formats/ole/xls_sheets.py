"""Names of hidden sheets in old Excel files."""

from services.ingestion.formats.ole.container import opened, records

STREAMS = ("Workbook", "Book")
SHEET, VISIBLE, UNICODE, HEAD = 0x0085, 0, 1, 7


def hidden_sheets(data: bytes) -> set[str]:
    """Those that a menu or only a macro shows."""
    with opened(data) as box:
        stream = next((name for name in STREAMS if box.exists(name)), "")
        found = box.openstream(stream).read() if stream else b""
    sheets = (record for kind, record in records(found) if kind == SHEET and len(record) > HEAD)
    return {_name(record) for record in sheets if record[4] != VISIBLE}


def _name(record: bytes) -> str:
    """After six bytes: its length, how it is written, its letters."""
    length, wide = record[6], record[7] & UNICODE
    return record[8 : 8 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1", "replace")
