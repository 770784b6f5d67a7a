"""Orders to change data, and SQL in a question: told apart from questions about how something is changed."""

import re

from services.connectors.named.texts import folded
from shared.errors import Refused

STATEMENT = re.compile(
    r"\b(?:drop|truncate|alter|create)\s+(?:table|database|index|view|user|role)\b|\bdelete\s+from\b|\binsert\s+into\b|"
    r"\bupdate\s+\w+\s+set\b|\bselect\b.{1,200}\bfrom\s+\w|\bgrant\s+\w+\s+on\b|\bunion\s+(?:all\s+)?select\b|;\s*--",
    re.DOTALL,
)
HOW = re.compile(
    r"怎么|怎样|如何|流程|步骤|谁[能可有负]|能不能|可以.{0,8}吗|规定|是否|为什么|什么|几|多少|哪|"
    r"\b(?:how|who|when|why|what|which|may|can i)\b"
)
POLITE = r"(?:请|麻烦|帮我|帮忙|给我|立即|马上|现在|你)*"
CHANGE = (
    r"(?:删除|删掉|清空|清除|移除|修改|更新|更改|改成|改为|新增|新建|插入|添加|录入|"
    r"作废|取消|撤销|审批通过|调整|冲销|设置|设为)"
)
START_ZH = re.compile(rf"^{POLITE}(?:(?:把|将).{{1,40}}?{CHANGE}|{CHANGE})")
START_EN = re.compile(
    r"^(?:please |kindly |now |go ahead and |could you |can you |i want you to )*"
    r"(?:delete|remove|erase|drop|truncate|update|change|modify|set|insert|add|create|cancel|approve|reset|overwrite)\b"
)
BUSINESS = re.compile(
    r"订单|发票|库存|客户|产品|员工|供应商|设备|记录|数据|表|预算|价格|工资|"
    r"\b(?:orders?|invoices?|stock|inventory|customers?|products?|employees?|suppliers?|machines?|records?|rows?|data|"
    r"tables?|budgets?|prices?|salar(?:y|ies)|database)\b"
)


def refuse_orders(question: str) -> None:
    """`Refused` (422) for an order to change data, and for SQL."""
    line = folded(question)
    if STATEMENT.search(line):
        words = "SQL in a question is not run. Ask in words, or call a named query (`cloister connectors queries`)."
        raise Refused("sql_not_run", words, 422)
    ordered = START_ZH.match(line) or START_EN.match(line)
    if ordered and not HOW.search(line) and BUSINESS.search(line):
        words = (
            "Cloister reads business data and changes nothing. Change it in the system that owns it. Nothing was done."
        )
        raise Refused("read_only", words, 422)
