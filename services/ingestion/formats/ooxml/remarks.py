"""How a comment is written: who says what about which words, in the language of the comment."""

from shared.language import chinese

QUOTED = 60  # characters of the words that a comment is about


def remark(author: str, text: str, about: str = "") -> str:
    """One line in brackets; empty for a comment without words."""
    author, text, quote = (" ".join(part.split()) for part in (author, text, about))
    quote = quote if len(quote) <= QUOTED else f"{quote[:QUOTED].rstrip()}…"
    if not text:
        return ""
    if chinese(text):
        return f"[批注{' ' if author else ''}{author}{f'，针对“{quote}”' if quote else ''}：{text}]"
    return f"[Comment{' by ' if author else ''}{author}{f' on “{quote}”' if quote else ''}: {text}]"
