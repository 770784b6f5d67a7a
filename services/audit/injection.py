"""Counts signs of prompt injection in a question. The number is recorded, the words are not."""

import re

SIGNS = re.compile(
    r"ignore (?:all |any |the )?(?:previous|above|earlier|prior) (?:instructions|rules|messages)"
    r"|disregard (?:your|all|the) (?:instructions|rules|guidelines)"
    r"|(?:reveal|print|repeat|show) (?:me )?(?:your|the) (?:system )?prompt"
    r"|you are now (?:in )?(?:dan|developer mode|jailbroken|unrestricted)"
    r"|pretend (?:that )?you (?:have no|are not bound)"
    r"|<\|(?:im_start|system|assistant)\|>|\[/?INST\]|<</?SYS>>"
    r"|忽略(?:以上|上述|之前|前面)(?:的)?(?:所有)?(?:指令|指示|规则|要求)"
    r"|(?:无视|忘记)(?:你的|以上|之前的?)(?:所有)?(?:指令|规则|设定)"
    r"|(?:输出|显示|告诉我|重复)(?:你的)?(?:系统)?提示词"
    r"|你现在是(?:一个)?(?:没有限制|不受限制|开发者模式)",
    re.IGNORECASE,
)


# One of these is in every sign; looking for them takes 1 µs of a short question, the expression 20.
HINTS = (
    "ignore", "disregard", "prompt", "you are now", "pretend", "<|", "inst]", "sys>>", "忽略", "无视", "忘记", "提示词",
    "你现在是",
)  # fmt: skip


def signs(text: str) -> int:
    """How many there are."""
    lower = text.lower()
    return len(SIGNS.findall(text)) if any(word in lower for word in HINTS) else 0
