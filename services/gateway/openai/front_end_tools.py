"""Recognises tools that a front end offers with each message for features of its own."""

from typing import Any

# Open WebUI offers some fifty (clocks, notes, chats, memories), other ones in each version, and always these two.
OPEN_WEBUI = {"get_current_timestamp", "calculate_timestamp"}


def are_front_end_tools(tools: Any) -> bool:
    """Whether `tools` are a front end's offer rather than a program's: nothing waits for a call of them."""
    return isinstance(tools, list) and {_name(tool) for tool in tools} >= OPEN_WEBUI


def _name(tool: Any) -> str:
    """In the form of chat completions, or of responses."""
    match tool:
        case {"type": "function", "function": {"name": str(name)}} | {"type": "function", "name": str(name)}:
            return name
    return ""
