"""Data that came with a question, as passages with marks of their own; nothing of it is stored by us."""

from shared.events import Fragment, Passage

REQUEST = "data:request:"


def fragment_passage(fragment: Fragment, workspace: str) -> Passage:
    """Named as the caller named it; the surest of all passages, since the caller sent it for this question."""
    return Passage(
        document_id=f"{REQUEST}{fragment.name}", revision=1, workspace=workspace, title=fragment.name, chunk=0, page=1,
        end=len(fragment.text), text=fragment.text, score=1.0,
    )  # fmt: skip
