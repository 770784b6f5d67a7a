"""Data that came with a question, as passages with marks of their own; nothing of it is stored by us."""

from shared.events import Fragment, Passage

REQUEST = "data:request:"


def fragment_passage(fragment: Fragment, workspace: str) -> Passage:
    """Named as the caller named it; the surest of all passages, since the caller sent it for this question."""
    kind, start = "file:" if fragment.file else "", fragment.start
    return Passage(
        document_id=f"{REQUEST}{kind}{fragment.name}",
        revision=1,
        workspace=workspace,
        title=fragment.name,
        chunk=start,
        page=fragment.page,
        start=start,
        end=start + len(fragment.text),
        text=fragment.text,
        score=1.0,
    )
