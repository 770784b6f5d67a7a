"""Password strength (NIST SP 800-63B): length, and no common or guessable passwords."""

from collections.abc import Sequence

from zxcvbn import zxcvbn

LONG = 12  # characters
LOOKED_AT = 40  # characters: what comes after them only makes it harder, and costs as much to look at
# zxcvbn's scores: 3 takes 10^8 guesses, 2 takes 10^6. It knows the most common passwords, names, words and keyboards.
STRONG, FAIR = 3, 2
REMEDY = "Use 12 characters or more, such as a few words that do not belong together."


def weakness(password: str, names: Sequence[str] = ()) -> str:
    """Why it is too easy to guess, in a sentence; empty when it is not. `names` are known to whoever guesses."""
    found = zxcvbn(password[:LOOKED_AT], user_inputs=["cloister", *names])
    if found["score"] >= STRONG or (len(password) >= LONG and found["score"] >= FAIR):
        return ""
    return f"It is too easy to guess. {found['feedback']['warning'] or ''}".strip()
