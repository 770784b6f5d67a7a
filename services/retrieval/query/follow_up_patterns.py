"""Patterns of follow-up questions, and words without a meaning of their own."""

import re

OPENS = re.compile(
    r"^\W*(?:那么?|然后|还有|另外|此外|换成|换做|换作|换|如果是?|要是|假如是?|至于|再|同样|对于?"
    r"|(?:ok(?:ay)?,? )?(?:and|but|so|also|or|then|plus)\b|(?:what|how) about\b|what if\b|same for\b)",
    re.IGNORECASE,
)
PHRASE = re.compile(r"^\W*(?:in|on|at|for|with|without|from|to|of|after|before|by|only|just|even)\b", re.IGNORECASE)
ENDS = re.compile(r"(?:呢|的话)\W*$|\b(?:then|too|as well|instead)\W*$", re.IGNORECASE)
ASKS = re.compile(
    r"什么|多少|哪|谁|怎么|怎样|如何|何|几|吗|是否|能不能|可不可以|有没有|要不要|需不需要|多[久长大高远]"
    r"|\b(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could|may|must|should|will|has|have)\b",
    re.IGNORECASE,
)
SPAN = r"(?! (?:year|month|week|quarter)\b)"  # this year is a date
REFERS = re.compile(
    r"[它他她]们?|[这那此该](?:个|些|种|样|条|项|款|类|份|家|两|三|位|里|边|台|笔|次)|(?<![应活不])该(?!不)|此(?=[是有的要能会])|其中?(?=[^他它余实次])"
    r"|上面|上述|以上|前面|刚才|前者|后者"
    r"|\b(?:it|its|they|them|theirs?|he|him|his|she|hers?|those|these|the (?:same|former|latter|above|other)|such)\b"
    rf"|\bth(?:is|at)\b{SPAN}(?=\W*$| \w+\W*$| (?:is|was|has|does|mean|apply|include|cost)\b)"
    rf"|\b(?:for|of|about|to|on|in|with|by|after|before|without|than|like) th(?:is|at)\b{SPAN}",
    re.IGNORECASE,
)
EMPTY = re.compile(
    r"\bit takes?\b.*\bto\b|\bdoes it take\b.*\bto\b|\bis it \w+ to\b", re.IGNORECASE
)  # "it" is nothing here
PERSON = re.compile(r"[他她]|[这那]位|\b(?:he|him|his|she|hers?|they|them|their)\b", re.IGNORECASE)
QUOTED = re.compile(r"《[^》]*》|“[^”]*”|「[^」]*」|\"[^\"]*\"")
NAMED = re.compile(r"[A-Za-z]*\d[\w-]*|(?<=[\w,] )(?!I\b)[A-Z]\w+")  # a code, a number, a name in the midst
PARTICLES = re.compile(
    r"什么时候|什么|多少|多[久长大高]|为什么|怎么样?|怎样|如何|何[处时地]?|为何|哪[些个里儿天年月]?|谁|几|是不是|是否|能不能|可不可以|有没有|需不需要|要不要"
    r"|请问|一下|详细|具体|说说|解释|举例|例子|例外|继续|相比|应该|可以|需要|必须|分别|一般|情况|方面|那么?|然后|还有|另外|换成|如果|要是|至于|关于|对于"
    r"|[的了是在和与及或也都就而着吗呢吧啊之有要会能由被把给让为对到从再又用]|[天月年以]内|[天元年月日周次个位钱]"
)
FUNCTION = frozenset(
    re.findall(
        r"\w+",
        """a an the and or but so also then plus what which who whom whose when where why how about if same for in on at
    with without from to of after before by only just even is are was were be been do does did can could may might must
    should shall will would has have had i we you he she it its they them their theirs his her hers him my our your one
    me us this that these those there here such former latter above other too as well instead ok okay not no any some
    much many long often day days week weeks hour hours month months year years last next per each please tell say
    more else further detail details example examples explain exception exceptions case cases apply applies mean means
    happen happens need needs needed cost costs take takes get gets go work works""",
    )
)
DOES = re.compile(
    r"(?:approv|decid|pa|sign|chang|expir|start|end|begin|check|report|allow|requir|includ)(?:e|y|s|es|ys|ed|d|id)?"
)
