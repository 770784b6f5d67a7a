"""Text as it is compared: width, case and separators folded."""

import re
import unicodedata

SEPARATORS = re.compile(r"[\s\-_/·.,，、()（）#]+")


def folded(text: str) -> str:
    """Full width to half, lower case, one space for white space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def bare(text: str) -> str:
    """Folded, and without separators: `QM-080`, `qm 080` and `ＱＭ０８０` are the same."""
    return SEPARATORS.sub("", folded(text))
