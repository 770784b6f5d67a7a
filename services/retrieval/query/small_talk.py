"""Messages that ask no document: closed lists of forms, so that no order inside a question can pass for one."""

import re

LONGEST = 80  # characters
END = r"[\s,.!?~，。！？、～…]*"
GREETING = r"""(?:hi|hello|hey|greetings|good\ (?:morning|afternoon|evening|day))(?:\ (?:there|all|everyone))?
    | how\ are\ you(?:\ (?:doing|today))? | (?:good)?bye | see\ you | ok(?:ay)? | great | perfect
    | (?:many\ )?(?:thanks|thank\ you|thx)(?:\ (?:a\ lot|very\ much|so\ much|again))?(?:\ for\ (?:your|the)\ help)?
    | (?:i\ )?(?:got\ it|see|understand) | (?:你|您|大家)好[啊呀]? | 嗨 | 哈[喽啰] | (?:早上|上午|中午|下午|晚上)好
    | (?:非常|十分|多|太)?(?:谢谢|感谢)(?:[你您]们?)?(?:的(?:帮助|回答|解答))?[啊啦了]? | 多谢[你您]?[啊啦了]?
    | 早安 | 晚安 | 辛苦[你您]?了 | 再见 | 拜拜 | 好的?[啊呀吧]? | 明白了? | 知道了 | 收到 | 没问题 | 太[好棒]了"""
LANGUAGE = "english|chinese|french|german|spanish|italian|portuguese|russian|japanese|korean"
ENGLISH = rf"""(?:please\ )?(?:(?:can|could|would)\ you\ (?:please\ )?)?
    (?:translate|summari[sz]e|shorten|rephrase|reword|simplify|repeat)
    \ (?:your|the|that)\ (?:(?:last|previous)\ )?(?:answer|reply|response)(?:\ again)?
    (?:\ (?:in|into|to)\ (?:{LANGUAGE}|one\ sentence|simpler?\ words|bullet\ points))?(?:,?\ please)?"""
EARLIER = r"[你您]?的?(?:上一?[个条次]|上面|刚才|前面|最后)的?(?:回答|答案|回复)"
INTO = r"翻译(?:[成为](?:[英法德日韩俄]文|[英法德日韩俄]语|中文))?|总结|概括|缩短|简化|重复"
AGAIN = rf"(?:{INTO})(?:一下|一遍)?"
CHINESE = rf"(?:请|麻烦)?[你您]?(?:帮我)?再?(?:把{EARLIER}再?{AGAIN}|{AGAIN}{EARLIER})吧?"
FLAGS = re.IGNORECASE | re.VERBOSE
COURTESY = re.compile(rf"{END}(?:(?:{GREETING})(?:{END}$|[\s,.!，。！]+))+", FLAGS)
OF_THE_ANSWER = re.compile(rf"(?:{ENGLISH}|{CHINESE}){END}", FLAGS)


def courteous(message: str) -> bool:
    """Whether it is a greeting, thanks or a farewell and nothing else, in English or Chinese."""
    return len(message) <= LONGEST and bool(COURTESY.fullmatch(" ".join(message.split())))


def about_the_answer(message: str) -> bool:
    """Whether it asks for nothing but another form of the last answer, such as a translation."""
    return len(message) <= LONGEST and bool(OF_THE_ANSWER.fullmatch(" ".join(message.split())))
