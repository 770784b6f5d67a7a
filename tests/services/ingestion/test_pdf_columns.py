"""Two columns of a PDF whose lines are drawn in turn are read one column after the other."""

from collections.abc import Sequence
from io import BytesIO

import pytest
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas

from services.ingestion.formats.pdf.reader import pdf

LEFT = """The supplier delivers the goods within ten days of
the order and bears the cost of carriage. Risk in
the goods passes to the buyer on delivery. Partial
deliveries are allowed only with consent in writing.
The buyer inspects the goods without delay and tells
the supplier of defects within eight working days of
the delivery; hidden defects when they are found.
Payment is due thirty days after delivery.""".splitlines()
RIGHT = """The warranty lasts two years from delivery. The buyer
may choose repair or replacement; if both fail twice
the price may be reduced or the contract rescinded.
Liability for slight negligence is limited to harm
that was foreseeable. This does not hold for injury
to life, body or health. Changes of this contract
need writing. The courts of Ulm have jurisdiction,
and the law of Germany applies to all of it.""".splitlines()
FIRST = ["供应商应当在收到订单之日起十日内交付货物并承担", "运输费用。货物的风险自交付时起转移给买方，未经",
         "书面同意不得部分交货。买方应当及时检验货物，并", "在八个工作日内将缺陷通知供应商；隐蔽的缺陷应当",
         "在发现时通知。货款自交付之日起三十日内支付，逾", "期付款的，按照每年百分之五的利率支付利息。"]  # fmt: skip
SECOND = ["质量保证期自交付之日起为两年。买方可以选择修理", "或者更换；两次均未成功的，可以减少价款或者解除",
          "合同。因一般过失造成的损害，责任以可预见的损失", "为限，但人身伤害除外。本合同的变更应当采用书面",
          "形式。因本合同引起的争议由供应商所在地的人民法", "院管辖，本合同适用中华人民共和国的法律。"]  # fmt: skip

RISKS = """A fire in the paint shop stops the whole line
The only supplier of gears becomes insolvent
The cost of steel rises by a quarter in a year
Data of customers are stolen from the archive
A strike at the port delays deliveries by weeks
Key engineers leave for a competitor nearby""".splitlines()
MEANS = """Sprinklers are tested each month by the brigade
A second supplier is qualified before the summer
Prices are fixed with the mills for two years
Archives are encrypted and their keys are split
Stocks of finished goods last for three weeks
Contracts hold a notice of six months for them""".splitlines()


def page(left: Sequence[str], right: Sequence[str], *, at: float = 310, font: str = "Helvetica") -> str:
    """The text of a page below a title, a line of the left and one of the right in turn."""
    registerFont(UnicodeCIDFont("STSong-Light"))
    out = BytesIO()
    canvas = Canvas(out)
    canvas.setFont(font, 14)
    canvas.drawString(50, 760, "General terms of purchase and of delivery of Quarry Machines")
    canvas.setFont(font, 9)
    for n in range(max(len(left), len(right))):
        for x, side in ((50, left), (at, right)):
            if n < len(side):
                canvas.drawString(x, 720 - 12 * n, side[n])
    canvas.drawString(50, 60, "Page 1")
    canvas.save()
    return pdf(out.getvalue(), {})[0][0].text


@pytest.mark.parametrize(
    ("left", "right", "font"),
    [(LEFT, RIGHT, "Helvetica"), (FIRST, SECOND, "STSong-Light"), (LEFT, RIGHT[:6], "Helvetica")],
)
def test_columns_that_are_drawn_in_turn_are_read_one_after_the_other(
    left: Sequence[str], right: Sequence[str], font: str
) -> None:
    assert page(left, right, font=font).splitlines()[1:-1] == [*left, *right]


def test_terms_stay_beside_what_they_mean() -> None:
    terms = ["Carriage", "Delivery", "Defect", "Incoterm", "Notice", "Order", "Supplier", "Warranty"]
    found = page(terms, RIGHT, at=130)
    assert all(word in line for word, line in zip(terms, found.splitlines()[-9:-1], strict=True)), found


def test_labels_stay_beside_their_figures() -> None:
    labels = [f"Total revenue of the segment number {n} of the group" for n in range(8)]
    found = page(labels, [f"{n},120.50 and {n},230.75 of {n},990.15 in 2023" for n in range(8)])
    for n in range(8):
        assert next(line for line in found.splitlines() if f"number {n}" in line).count(f"{n},120.50")


def test_entries_of_two_columns_that_do_not_go_on_stay_beside_each_other() -> None:
    found = page(RISKS, MEANS).splitlines()
    assert any(RISKS[3] in line and MEANS[3] in line for line in found), found
