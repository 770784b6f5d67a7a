"""A database's values as cells of a result."""

from decimal import Decimal
from typing import Any

import pytest

from services.connectors.databases.rows import cell


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (7455452.969999999, 7455452.97),
        (3715921.7600000002, 3715921.76),
        (0.1 + 0.2, 0.3),
        (12_345_678_901.25, 12_345_678_901.25),
        (float("nan"), None),
        (Decimal("7455452.969999999"), 7455452.969999999),
        (True, 1),
    ],
)
def test_a_sum_of_binary_fractions_is_shown_as_people_wrote_it(value: Any, shown: Any) -> None:
    assert cell(value) == shown
