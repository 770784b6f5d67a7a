"""The rows of the sample ERP: the same for the same day and seed.

Codes, prices and budgets are those of the sample company's price list and budget, so that data and documents agree.
"""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

Rows = list[tuple[Any, ...]]
DEPARTMENTS = [
    (1, "总经理办公室", "General management", None), (2, "财务部", "Finance", 1), (3, "法务部", "Legal", 1),
    (4, "生产部", "Production", 1), (5, "销售部", "Sales", 1), (6, "华东销售部", "Sales East", 5),
    (7, "华南销售部", "Sales South", 5), (8, "海外销售部", "Sales Overseas", 5),
]  # fmt: skip
SELLING = (6, 6, 7, 8)
LISTED = [
    ("QM-080", "离心泵 DN80", "Centrifugal pump DN80", "离心泵", "台", 6900, 40),
    ("QM-125", "离心泵 DN125", "Centrifugal pump DN125", "离心泵", "台", 11400, 30),
    ("QM-200", "流程泵 DN200", "Process pump DN200", "流程泵", "台", 38600, 12),
    ("QM-350", "渣浆泵 DN350", "Slurry pump DN350", "渣浆泵", "台", 92500, 4),
    ("SP-2041", "QM-200 机械密封", "Mechanical seal for QM-200", "备件", "件", 2150, 60),
    ("SP-2077", "QM-200 轴承组件", "Bearing set for QM-200", "备件", "套", 1480, 60),
]
FAMILIES = [
    ("QS", "潜水泵", "Submersible pump", "潜水泵", "台", 5200, 25),
    ("QL", "螺杆泵", "Screw pump", "螺杆泵", "台", 14800, 10),
    ("QC", "齿轮泵", "Gear pump", "齿轮泵", "台", 3900, 30),
    ("YL", "叶轮", "Impeller", "备件", "件", 860, 80),
    ("DJ", "电机", "Motor", "电机", "台", 4300, 20),
]
SIZES = (50, 65, 80, 100, 150, 200)
BUDGETS = {
    2: {"差旅费": 180_000, "培训费": 60_000}, 3: {"差旅费": 220_000, "培训费": 80_000},
    4: {"差旅费": 960_000, "培训费": 450_000}, 6: {"差旅费": 900_000, "培训费": 60_000},
    7: {"差旅费": 700_000, "培训费": 50_000}, 8: {"差旅费": 500_000, "培训费": 40_000},
}  # fmt: skip
HEADS = {1: 6, 2: 14, 3: 8, 4: 58, 5: 3, 6: 12, 7: 10, 8: 9}
MACHINES = ("五轴加工中心", "数控车床", "水压试验台", "激光切割机", "装配线", "喷涂线", "动平衡机", "空压机")
FAULTS = ("轴承磨损", "机械密封泄漏", "电机过热", "振动超标", "刀具崩刃", "液压油泄漏", "传感器故障")
LIMITS = [
    ("温度", "temperature", 5, 82, "°C"), ("振动", "vibration", 0, 4.5, "mm/s"), ("压力", "pressure", 5, 7.5, "bar"),
]  # fmt: skip
USUAL = {"温度": (62, 7), "振动": (2.8, 0.6), "压力": (6.2, 0.4)}
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜敏静强磊军洋勇艳杰娟涛明超霞平刚桂"
PLACES = ("苏州", "上海", "广东", "浙江", "湖北", "汉堡", "四川", "天津")
REGIONS = {
    "苏州": "华东",
    "上海": "华东",
    "浙江": "华东",
    "广东": "华南",
    "湖北": "华中",
    "四川": "西南",
    "天津": "华北",
    "汉堡": "海外",
}
FIRMS = ("恒源", "鼎盛", "华力", "东方", "蓝海", "瑞丰", "中泰", "金桥")
TRADES = ("化工", "水务", "制药", "电力", "食品")


class Erp:
    """`until` is the ERP's today; its readings end at eight in the morning."""

    def __init__(self, until: date, seed: int = 7, orders: int = 4000) -> None:
        self.until, self._orders = until, orders
        self._random = random.Random(seed)  # noqa: S311 no secret depends on it

    def tables(self) -> Iterator[tuple[str, Rows]]:
        """Each table's name and rows, in the order in which they can be inserted."""
        products = self._products()
        yield "departments", list(DEPARTMENTS)
        yield "employees", self._employees()
        yield (
            "warehouses",
            [(1, "苏州总仓", "苏州"), (2, "广州分仓", "广州"), (3, "武汉分仓", "武汉"), (4, "鹿特丹仓", "Rotterdam")],
        )
        yield "products", products
        yield "stock", self._stock(products)
        yield "customers", self._customers()
        yield from self._sales(products)
        yield "budgets", self._budgets()
        yield "expenses", self._expenses()
        yield (
            "machines",
            [(n, f"M{n:03}", f"{MACHINES[n % 8]} {n // 8 + 1}号", 4, self._day(4000)) for n in range(1, 25)],
        )
        yield "sensor_limits", list(LIMITS)
        yield "sensor_readings", self._readings()
        yield "maintenance", self._maintenance()

    def _day(self, back: int) -> str:
        return (self.until - timedelta(days=self._random.randrange(1, back))).isoformat()

    def _employees(self) -> Rows:
        draw, found = self._random, []
        for department, heads in HEADS.items():
            for _ in range(heads):
                name = draw.choice(SURNAMES) + "".join(draw.choices(GIVEN, k=draw.randint(1, 2)))
                title = draw.choice(("员工", "员工", "工程师", "主管", "经理"))
                salary = draw.randrange(6000, 38000, 500)
                found.append((len(found) + 1, name, department, title, self._day(3000), salary))
        return found

    def _products(self) -> Rows:
        found: Rows = [(n, *row) for n, row in enumerate(LISTED, 1)]
        for prefix, zh, en, category, unit, price, safety in FAMILIES:
            for n, size in enumerate(SIZES):
                names = (f"{prefix}-{size:03}", f"{zh} DN{size}", f"{en} DN{size}", category, unit)
                found.append((len(found) + 1, *names, round(price * (1 + n * 0.35)), safety))
        return found

    def _stock(self, products: Rows) -> Rows:
        draw, found = self._random, []
        for product in products:
            for warehouse in (1, 2, 3, 4):
                if draw.random() < 0.85:
                    quantity = 0 if draw.random() < 0.1 else int(draw.paretovariate(1.1) * product[7] / 4)
                    at = datetime.combine(self.until, time(6, draw.randrange(60)))
                    found.append((warehouse, product[0], min(quantity, 2000), at.isoformat(" ")))
        return found

    def _customers(self) -> Rows:
        draw, found = self._random, []
        for number in range(1, 201):
            place = draw.choice(PLACES)
            name = f"{place}{draw.choice(FIRMS)}{draw.choice(TRADES)}有限公司"
            found.append((number, name, REGIONS[place], draw.randrange(100_000, 3_000_000, 50_000)))
        return found

    def _sales(self, products: Rows) -> Iterator[tuple[str, Rows]]:
        draw = self._random
        orders: Rows = []
        items: Rows = []
        invoices: Rows = []
        for number in range(1, self._orders + 1):
            day, department = self.until - timedelta(days=draw.randrange(730)), draw.choice(SELLING)
            due = day + timedelta(days=draw.randint(10, 45))
            fresh = (self.until - due).days < 15
            weights = (30, 20, 45, 5) if fresh else (90, 5, 1, 4)
            status = draw.choices(("已完成", "已发货", "待发货", "已取消"), weights)[0]
            orders.append((number, draw.randint(1, 200), department, day.isoformat(), due.isoformat(), status))
            lines = [
                (number, product[0], draw.randint(1, 20), round(product[6] * draw.uniform(0.88, 1), 2))
                for product in draw.sample(products, draw.randint(1, 5))
            ]
            items += lines
            if status in ("已完成", "已发货"):
                invoices.append(self._invoice(len(invoices) + 1, number, department, day, lines))
        yield from (("orders", orders), ("order_items", items), ("invoices", invoices))

    def _invoice(self, number: int, order: int, department: int, day: date, lines: Rows) -> tuple[Any, ...]:
        draw = self._random
        issued = min(day + timedelta(days=draw.randint(5, 30)), self.until)
        due = issued + timedelta(days=draw.choice((30, 60)))
        paid = due + timedelta(days=draw.randint(-20, 25))
        settled = paid <= self.until and draw.random() > 0.04
        amount = round(sum(quantity * price for _, _, quantity, price in lines), 2)
        dates = issued.isoformat(), due.isoformat()
        return (number, order, department, *dates, amount, paid.isoformat() if settled else None)

    def _budgets(self) -> Rows:
        return [
            (department, year, quarter, account, amount / 4)
            for department, accounts in BUDGETS.items()
            for year in (self.until.year - 1, self.until.year)
            for quarter in (1, 2, 3, 4)
            for account, amount in accounts.items()
        ]

    def _expenses(self) -> Rows:
        draw, found = self._random, []
        for department, accounts in BUDGETS.items():
            for account, amount in accounts.items():
                each = amount / 52
                for week in range(104):
                    day = self.until - timedelta(days=week * 7 + draw.randrange(7))
                    memo = draw.choice(("报销", "月结", None, "供应商付款 🧾", "差旅平台"))
                    found.append(
                        (
                            len(found) + 1,
                            department,
                            day.isoformat(),
                            account,
                            round(each * draw.uniform(0.5, 1.5), 2),
                            memo,
                        )
                    )
        return found

    def _readings(self) -> Rows:
        draw, now = self._random, datetime.combine(self.until, time(8))
        return [
            (
                machine,
                metric,
                max(0, round(draw.gauss(mean, spread), 2)),
                (now - timedelta(minutes=30 * n)).isoformat(" "),
            )
            for machine in range(1, 25)
            for metric, (mean, spread) in USUAL.items()
            for n in range(336)
        ]

    def _maintenance(self) -> Rows:
        draw, found = self._random, []
        for number in range(1, 701):
            opened = self.until - timedelta(days=draw.randrange(1, 700))
            broken = draw.random() < 0.45
            still = broken and (self.until - opened).days < 5 and draw.random() < 0.5
            closed = None if still else (opened + timedelta(days=draw.randint(0, 2))).isoformat()
            fault = draw.choice(FAULTS) if broken else None
            kind = "故障" if broken else "保养"
            found.append(
                (number, draw.randint(1, 24), opened.isoformat(), closed, kind, fault, round(draw.uniform(0.5, 16), 1))
            )
        return found
