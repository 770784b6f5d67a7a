"""How Word writes the number of a list's item: `w:numFmt`."""

from collections.abc import Callable

DIGITS, STEMS = "零一二三四五六七八九", "甲乙丙丁戊己庚辛壬癸"
ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
CHINESE = (
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand",
    "ideographDigital", "japaneseDigitalTenThousand", "chineseLegalSimplified",
)  # fmt: skip


def numeral(number: int, form: str) -> str:
    """The number in Word's format of this name; one that is not known counts as `decimal`."""
    return FORMATS.get(form, str)(number)


def chinese(number: int) -> str:
    """1 to 999 in Chinese numerals; larger ones in digits."""
    if number >= 1000:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    if not hundreds and tens == 1:
        return "十" + (DIGITS[ones] if ones else "")
    head = f"{DIGITS[hundreds]}百" if hundreds else ""
    middle = f"{DIGITS[tens]}十" if tens else ("零" if hundreds and ones else "")
    return (head + middle + (DIGITS[ones] if ones else "")) or DIGITS[0]


def letters(number: int) -> str:
    """a to z, then aa, bb, as Word counts on."""
    return chr(97 + (number - 1) % 26) * ((number - 1) // 26 + 1) if number > 0 else "0"


def roman(number: int) -> str:
    found = ""
    for value, sign in ROMAN:
        count, number = divmod(number, value)
        found += sign * count
    return found


def ordinal(number: int) -> str:
    teens = 10 < number % 100 < 14
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


FORMATS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda number: f"{number:02}",
    "lowerLetter": letters,
    "upperLetter": lambda number: letters(number).upper(),
    "lowerRoman": roman,
    "upperRoman": lambda number: roman(number).upper(),
    "ordinal": ordinal,
    "none": lambda number: "",
    "decimalEnclosedCircle": lambda number: chr(0x245F + number) if 0 < number <= 20 else f"({number})",
    "decimalEnclosedCircleChinese": lambda number: chr(0x245F + number) if 0 < number <= 20 else f"({number})",
    "decimalEnclosedParen": lambda number: f"({number})",
    "ideographTraditional": lambda number: STEMS[(number - 1) % 10],
} | dict.fromkeys(CHINESE, chinese)
