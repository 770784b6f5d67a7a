"""Cuts text to the length that a model reads."""

WINDOW = 2048  # bytes of UTF-8: some 350 English words or 680 Chinese characters; 512 tokens are about as much
EARLIER = 512  # … of an earlier question of the conversation


def cut(text: str, most: int = WINDOW) -> str:
    """The text, or its beginning and its end when it has more than `most` bytes: questions stand in either."""
    if len(text) <= most // 4:
        return text
    data = text.encode()
    if len(data) <= most:
        return text
    head, tail = data[: most // 2], data[-(most // 2) :]
    return f"{head.decode(errors='ignore')}\n{tail.decode(errors='ignore')}"
