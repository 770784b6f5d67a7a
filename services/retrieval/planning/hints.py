"""Documents that a question names itself, for where no model plans."""

import re
from itertools import product

from shared.events import DocumentHint

# "Best Buy", "MGM"; no quarters and years. The first word of a question is among them, and hardly ever in a title.
WORD = r"[A-Z][A-Za-z&.’'-]{2,}(?!\w)"
NAME = re.compile(rf"(?a:(?<!\w){WORD}(?: {WORD})*)")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
SHORT = re.compile(r"\bFY['’]?(\d\d)(?!\d)")
MOST = 12


def hints(question: str) -> tuple[DocumentHint, ...]:
    """Each run of words with a capital, with each year."""
    years = [int(year) for year in [*YEAR.findall(question), *(f"20{year}" for year in SHORT.findall(question))]]
    pairs = product(dict.fromkeys(NAME.findall(question)), dict.fromkeys(years) or [None])
    return tuple(DocumentHint(name=name, year=year) for name, year in pairs)[:MOST]
