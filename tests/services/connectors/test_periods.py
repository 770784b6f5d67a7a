"""Periods in questions, Chinese and English, reckoned from Friday, 27 November 2026, nine o'clock."""

from datetime import datetime

import pytest

from services.connectors.named.periods import period

NOW = datetime(2026, 11, 27, 9)
CASES = """
上季度各区域销售额|2026-07-01|2026-10-01
今年的订单|2026-01-01|2027-01-01
去年第四季度|2025-10-01|2026-01-01
本月最畅销|2026-11-01|2026-12-01
上个月停机|2026-10-01|2026-11-01
上半年前五大客户|2026-01-01|2026-07-01
今年1到6月|2026-01-01|2026-07-01
三季度营业额|2026-07-01|2026-10-01
十月份的销量|2026-10-01|2026-11-01
2025年3月|2025-03-01|2025-04-01
2026-09-30的读数|2026-09-30|2026-10-01
上周|2026-11-16|2026-11-23
昨天|2026-11-26|2026-11-27
sales in Q3|2026-07-01|2026-10-01
last quarter|2026-07-01|2026-10-01
the first quarter of 2025|2025-01-01|2025-04-01
what was sold in August|2026-08-01|2026-09-01
in October 2025|2025-10-01|2025-11-01
last year|2025-01-01|2026-01-01
this year|2026-01-01|2027-01-01
２０２５年|2025-01-01|2026-01-01
""".strip().splitlines()


@pytest.mark.parametrize("case", CASES)
def test_a_period_is_whole_days(case: str) -> None:
    text, start, end = case.split("|")
    found = period(text, NOW)
    assert found is not None
    assert (found.start.isoformat(" ")[:10], found.end.isoformat(" ")[:10]) == (start, end)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("最近24小时", datetime(2026, 11, 26, 9)),
        ("过去12小时", datetime(2026, 11, 26, 21)),
        ("past 90 days", datetime(2026, 8, 29, 9)),
        ("last six months", datetime(2026, 5, 27, 9)),
        ("最近三个月", datetime(2026, 8, 27, 9)),
        ("so far this year", datetime(2026, 1, 1)),
        ("since March", datetime(2026, 3, 1)),
    ],
)
def test_a_period_up_to_now_ends_now(text: str, start: datetime) -> None:
    found = period(text, NOW)
    assert found is not None
    assert found[:2] == (start, NOW)


@pytest.mark.parametrize("text", ["May I see the stock?", "QM-2005 in stock", "which are low?", "有多少库存", ""])
def test_words_that_only_look_like_one_are_none(text: str) -> None:
    assert period(text, NOW) is None


def test_the_last_day_of_a_short_month_is_reached() -> None:
    found = period("最近一个月", datetime(2026, 3, 31, 9))
    assert found is not None
    assert found.start == datetime(2026, 2, 28, 9)
