"""Where a quote stands in a page: the model may have changed its spaces, and nothing else."""

import re


def place_of(quote: str, text: str) -> dict[str, int | None]:
    """`start` and `end` in characters, both None when it is not there."""
    words = quote.split()
    found = re.search(r"\s*".join(map(re.escape, words)), text) if words else None
    if found is None:
        # Between Chinese characters a line may end anywhere.
        found = re.search(r"\s*".join(map(re.escape, "".join(words))), text) if words else None
    return {"start": found.start(), "end": found.end()} if found else {"start": None, "end": None}
