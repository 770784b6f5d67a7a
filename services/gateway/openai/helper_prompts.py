"""Recognises prompts that front ends send beside a question: for a title, tags, follow-ups, search words."""

import re

# Open WebUI's templates begin with a task and hold the conversation; LibreChat and LobeChat ask for a title in words
# of their own. Only the beginning of the last message is looked at, so that a question about such words is none.
FORMS = (
    re.compile(r"\s*### Task:\s.{0,4000}<chat_history>", re.DOTALL),
    re.compile(r"\s*### Task:\s*You are an autocompletion system\."),
    re.compile(r"\s*Your task is to reflect the speaker's likely facial expression through a fitting emoji\."),
    re.compile(r"\s*Provide a concise, 5-word-or-less title for the conversation\b"),
    re.compile(r"\s*(?:Detect user language and write|Write) in the same language an? (?:extremely )?concise title\b"),
    re.compile(r"\s*Generate a concise(?:, 5-word-or-less)? title for (?:the|this) conversation\b", re.IGNORECASE),
)


def is_helper_prompt(question: str) -> bool:
    """Whether a front end wrote it for its own use."""
    return any(form.match(question) for form in FORMS)
