"""Tables of PDF pages: cells by where words stand and by ruled lines; prose stays as it is."""

import time
from collections.abc import Callable
from io import BytesIO

import pytest
from reportlab.lib.colors import white
from reportlab.pdfgen.canvas import Canvas

from services.ingestion.chunking.chunker import split
from services.ingestion.formats.pdf.reader import pdf
from services.ingestion.formats.pdf.tables import placing

Draw = Callable[[Canvas], None]
PROSE = [
    "The company makes pumps for water works and sells them in forty countries, most of",
    "them in Europe. On January 28,  2017 it opened a plant in Lyon, which employs 240 people",
    "and delivers to the south. Orders of the year were higher than those of the year before,",
    "and margins were stable although the price of copper rose by a third between May and July.",
]


def text(*draws: Draw) -> str:
    """The text of a page that is drawn so."""
    out = BytesIO()
    canvas = Canvas(out)
    for draw in draws:
        canvas.setFont("Helvetica", 10)
        draw(canvas)
    canvas.save()
    return pdf(out.getvalue(), {})[0][0].text


def rows(top: float, *lines: tuple[str, ...], at: tuple[float, ...] = (72, 300, 380)) -> Draw:
    """Lines of cells: the first flush left, the others flush right; empty cells are not drawn."""

    def draw(canvas: Canvas) -> None:
        for n, line in enumerate(lines):
            for k, (x, cell) in enumerate(zip(at, line, strict=False)):
                (canvas.drawRightString if k else canvas.drawString)(x, top - 14 * n, cell)

    return draw


def prose(top: float) -> Draw:
    def draw(canvas: Canvas) -> None:
        for n, line in enumerate(PROSE):
            canvas.drawString(72, top - 13 * n, line)

    return draw


def ruled(xs: tuple[float, ...], ys: tuple[float, ...]) -> Draw:
    """A grid of lines."""

    def draw(canvas: Canvas) -> None:
        canvas.grid(xs, ys)

    return draw


SALES = rows(
    700, ("", "2024", "2023"), ("Pumps", "1,204", "980"), ("Valves", "", "77"), ("Total", "$ 1,204", "$ 1,057")
)


def test_cells_stand_in_their_columns_and_empty_ones_are_kept() -> None:
    assert text(SALES).splitlines() == [
        "",
        "|  | 2024 | 2023 |",
        "| --- | --- | --- |",
        "| Pumps | 1,204 | 980 |",
        "| Valves |  | 77 |",
        "| Total | $1,204 | $1,057 |",
    ]


def test_prose_stays_as_it_is_beside_a_table() -> None:
    found = text(prose(780), SALES, prose(600)).splitlines()
    assert [line.replace("  ", " ") for line in found if line and not line.startswith("|")] == [
        line.replace("  ", " ") for line in [*PROSE, *PROSE]
    ]
    assert found.index("| Valves |  | 77 |") > found.index(PROSE[3])
    assert "|" not in text(prose(780))


def test_names_above_each_other_are_joined_for_each_column() -> None:
    def span(canvas: Canvas) -> None:
        canvas.drawCentredString(330, 714, "Three months ended")

    assert "|  | Three months ended 2024 | Three months ended 2023 |" in text(span, SALES)


def test_a_label_of_two_lines_is_one_row() -> None:
    found = text(
        rows(
            700,
            ("", "2024", "2023"),
            ("Pumps of cast", "", ""),
            ("iron for wells", "12.5", "9.75"),
            ("Total", "13", "10"),
        )
    )
    assert "| Pumps of cast iron for wells | 12.5 | 9.75 |" in found


def test_figures_that_stand_close_are_two_cells() -> None:
    lines = [(f"Works {n}", "1,234,567", "2,345,678") for n in range(4)]
    assert "| Works 2 | 1,234,567 | 2,345,678 |" in text(rows(700, *lines, at=(72, 250, 299)))


def test_ruled_cells_hold_lines_that_belong_together_and_spans_are_told_in_each_row() -> None:
    def words(canvas: Canvas) -> None:
        for x, y, cell in [
            (75, 705, "Line"), (175, 705, "Order"), (275, 705, "Note"),
            (75, 665, "Line 2"), (175, 685, "KX-4410"), (275, 685, "first line of it"), (275, 675, "and the second"),
            (175, 645, "KX-4411"),
        ]:  # fmt: skip
            canvas.drawString(x, y, cell)

    def lines(canvas: Canvas) -> None:
        canvas.grid((170, 270, 400), (720, 700, 670, 640))
        canvas.lines([(70, y, 170, y) for y in (720, 700, 640)] + [(70, 720, 70, 640)])

    assert text(lines, words).splitlines()[1:] == [
        "| Line | Order | Note |",
        "| --- | --- | --- |",
        "| Line 2 | KX-4410 | first line of it and the second |",
        "| Line 2 | KX-4411 |  |",
    ]


def test_labels_and_names_outside_of_the_lines_belong_to_the_table() -> None:
    cells = rows(690, ("", "2024", "2023"), *((f"Works {n}", f"{n}.5", f"{n}.25") for n in range(3)), at=(72, 250, 340))
    lines = ruled((200, 260, 350), (686, 672, 658, 644))
    assert text(lines, cells).splitlines()[1:4] == [
        "|  | 2024 | 2023 |",
        "| --- | --- | --- |",
        "| Works 0 | 0.5 | 0.25 |",
    ]


def test_two_columns_of_prose_are_no_table() -> None:
    left = [f"line {n} of the column on the left side" for n in range(12)]
    right = [f"line {n} of the column on the right side" for n in range(12)]

    def draw(canvas: Canvas) -> None:
        for n, (a, b) in enumerate(zip(left, right, strict=True)):
            canvas.drawString(60, 700 - 13 * n, a)
            canvas.drawString(310, 700 - 13 * n, b)

    assert "|" not in text(draw)


def test_long_words_in_two_columns_of_a_table_stay_together() -> None:
    lines = [(f"Senior Notes Due {2024 + n}, listed", f"PEP{n}", "The Nasdaq Stock Market LLC") for n in range(9)]
    assert "| Senior Notes Due 2026, listed | PEP2 | The Nasdaq Stock Market LLC |" in text(
        rows(700, *lines, at=(72, 300, 520))
    )


def test_columns_of_words_that_stand_close_are_parted_where_each_line_begins_a_word() -> None:
    names = ["Ulm", "Graz works", "Lyon", "Basel", "Turin north", "Brno", "Linz"]

    def draw(canvas: Canvas) -> None:
        for n, name in enumerate(names):
            canvas.drawRightString(108, 700 - 14 * n, f"{7**n}")
            canvas.drawString(113, 700 - 14 * n, name)
            canvas.drawRightString(400, 700 - 14 * n, f"{n}.5")

    assert "| 7 | Graz works | 1.5 |" in text(draw)


def test_a_list_with_marks_is_no_table() -> None:
    assert "|" not in text(rows(700, *((f"{n}.", f"point number {n}") for n in range(1, 7)), at=(72, 170)))


def test_raised_figures_and_bars_stay_apart_in_cells() -> None:
    def draw(canvas: Canvas) -> None:
        line = canvas.beginText(72, 660)
        line.textOut("Loans")
        line.setRise(4)
        line.setFont("Helvetica", 7)
        line.textOut("2")
        line.setRise(0)
        canvas.drawText(line)

    found = text(SALES, draw, rows(660, ("", "a|b", "24")))
    assert "| Loans^2 | a\\|b | 24 |" in found


def test_hidden_words_get_into_no_cell() -> None:
    def hidden(canvas: Canvas) -> None:
        canvas.setFillColor(white)
        canvas.drawString(420, 686, "9,999")

    found = text(SALES, hidden)
    assert "9,999" not in found
    assert "| Total | $1,204 | $1,057 |" in found


def test_turned_text_is_read_as_it_stands() -> None:
    def turned(canvas: Canvas) -> None:
        canvas.rotate(90)
        canvas.translate(0, -400)
        SALES(canvas)

    assert "| Valves |  | 77 |" in text(turned)


def test_each_piece_of_a_long_table_begins_with_the_names_of_its_columns() -> None:
    long = rows(800, ("Order", "2024", "2023"), *((f"KX-{n}", f"{n}.5", f"{n}.25") for n in range(50)))
    out = BytesIO()
    canvas = Canvas(out)
    canvas.setFont("Helvetica", 10)
    long(canvas)
    canvas.save()
    pieces = list(split(pdf(out.getvalue(), {})[0], 300))
    assert len(pieces) > 3
    assert all("| Order | 2024 | 2023 |\n| --- | --- | --- |" in piece.text for piece in pieces)


def test_a_page_made_to_cost_much_time_is_read_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    def many(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 2)
        for y in range(100, 800, 3):
            canvas.drawString(10, y, "  ".join(str(n) for n in range(y % 7, 90)))
        canvas.grid(range(10, 590, 3), range(100, 800, 3))

    began = time.process_time()
    assert text(many)
    assert time.process_time() - began < 8
    monkeypatch.setattr(placing, "SECONDS", 0.0)
    assert "|" not in text(SALES)
