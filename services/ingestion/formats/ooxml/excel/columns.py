"""Columns of a sheet by letters and by number."""


def column_name(number: int) -> str:
    """1 is A, 27 is AA."""
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_number(name: str) -> int:
    """A is 1, AA is 27. `name` has capital letters alone."""
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number
