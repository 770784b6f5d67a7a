"""Words that say where an answer is to be looked for."""

import re

from services.connectors.named.texts import folded

# What a rule, a paper or a person lays down.
DOCUMENTS = re.compile(
    r"规定|制度|政策|标准|办法|手册|规程|流程|合同|协议|条款|章程|要求|规范|说明书|价目表|价格表|通知|指南|原则|依据|按照|根据|须知|"
    r"怎么(?:办|申请|做|处理|规定)|如何(?:办理|申请|操作|处理|规定)|"
    r"\b(?:polic(?:y|ies)|rules?|regulations?|procedures?|manuals?|contracts?|agreements?|handbooks?|guidelines?|"
    r"clauses?|terms|price list|according to|is (?:it )?allowed|allowed to|am i (?:allowed|supposed)|must (?:i|we|one)|"
    r"required|requirements?|prescribe[sd]?|penalt(?:y|ies)|what (?:does|do) .{0,40} say)\b"
)
# The state of this minute, a figure over rows, a list of rows.
LIVE = re.compile(
    r"当前|目前|现在|此刻|眼下|现有|实际|最新|今天|昨天|昨晚|本[周月年季]|上个?[周月季]|上季度|今年|去年|最近|过去|至今|截至|"
    r"\b(?:now|right now|current(?:ly)?|at the moment|at present|today|yesterday|so far|to date|actual(?:ly)?|"
    r"(?:this|last|past|previous) (?:\w+ )?(?:hours?|days?|weeks?|months?|quarters?|years?))\b"
)
FIGURES = re.compile(
    r"最[多高低少大好畅]|前[\d一二三四五六七八九十]+|排[名行]|列出|清单|名单|合计|总[额数量计]|一共|平均|占比|对比|统计|"
    r"哪些|哪几|还[有剩]|多少|几[个台人家种]|"
    r"\b(?:top|most|best|worst|highest|lowest|largest|biggest|fewest|least|how many|how much|number of|total|sum|"
    r"average|list|show|rank(?:ing|ed)?|count|which)\b"
)


def asks_documents(question: str) -> bool:
    """It names a rule, a contract or a manual."""
    return bool(DOCUMENTS.search(folded(question)))


def asks_figures(question: str) -> float:
    """0 to 1: how much it sounds like a question about rows."""
    line = folded(question)
    return (bool(LIVE.search(line)) + bool(FIGURES.search(line))) / 2
