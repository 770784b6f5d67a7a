"""Plans that the tests' engine writes, by words of the question; others get none."""

from typing import Any

SECRET = "Sunflower merger price"
PLANS: dict[str, dict[str, Any]] = {
    "night abroad": {
        "queries": ["lodging ceiling per stay dollars"], "other": [], "about": "", "docs": [],
    },
    "output every workspace": {
        "queries": [SECRET, "<img src=x>\u202ereports"], "other": [], "about": "", "docs": [],
        "workspaces": ["*"], "principal": "person:admin",
    },
    "谢谢": {"queries": ["谢谢"], "other": [], "about": "", "docs": [], "kind": "nothing"},
    "Hello": {"queries": ["hello"], "other": [], "about": "", "docs": [], "kind": "nothing"},
    "your last answer": {"queries": ["translation"], "other": [], "about": "", "docs": [], "kind": "nothing"},
    "kind nothing": {"queries": ["lodging"], "other": [], "about": "", "docs": [], "kind": "nothing"},
}  # fmt: skip


def scripted(question: str) -> dict[str, Any]:
    """The plan of a question; an empty one is none."""
    return next((plan for words, plan in PLANS.items() if words in question), {"queries": []})
