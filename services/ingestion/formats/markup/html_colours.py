"""Whether letters of a colour of CSS or HTML show on their ground."""

import re
from colorsys import hls_to_rgb

WHITE, OPAQUE = 245, 0.05
NEAR = 255 - WHITE  # of each part of two colours that look alike
HEX = re.compile(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\b", re.I)
FUNCTION = re.compile(r"(rgb|hsl)a?\(([^)]*)\)", re.I)
NUMBER = re.compile(r"(-?[\d.]+)(%?)")
NAMES = {"white", "snow", "ivory", "floralwhite", "ghostwhite", "mintcream", "azure", "whitesmoke"}


def lost(colour: str, ground: str) -> bool:
    """Whether letters do not show on a ground; no ground is paper."""
    if not ground or white(ground):
        return white(colour)
    colour, ground = colour.strip().lower(), ground.strip().lower()
    first, second = _parts(colour), _parts(ground)
    if first is None or second is None:
        return colour == ground
    return second[3] == 1 and all(abs(one - other) <= NEAR for one, other in zip(first[:3], second[:3], strict=True))


def white(colour: str) -> bool:
    """So light that it does not show on paper."""
    colour = colour.strip().lower()
    if colour in NAMES:
        return True
    found = _parts(colour)
    return found is not None and min(found[:3]) >= WHITE


def faint(colour: str) -> bool:
    """Transparent."""
    colour = colour.strip().lower()
    found = _parts(colour)
    return colour == "transparent" or (found is not None and found[3] < OPAQUE)


def _parts(colour: str) -> tuple[float, float, float, float] | None:
    """Red, green and blue to 255 and how opaque, 0 to 1."""
    if code := HEX.match(colour):
        digits = code[1] if len(code[1]) > 4 else "".join(digit * 2 for digit in code[1])
        of_255 = [int(f"{digits}ff"[at : at + 2], 16) for at in (0, 2, 4, 6)]
        return of_255[0], of_255[1], of_255[2], of_255[3] / 255
    function = FUNCTION.match(colour)
    numbers = [(float(number), bool(percent)) for number, percent in _numbers(function[2] if function else "")]
    if function is None or len(numbers) < 3:
        return None
    alpha = _share(*numbers[3], 1) if len(numbers) > 3 else 1.0
    if function[1] == "hsl":
        red, green, blue = hls_to_rgb(numbers[0][0] % 360 / 360, numbers[2][0] / 100, numbers[1][0] / 100)
        return red * 255, green * 255, blue * 255, alpha
    first, second, third = (_share(number, percent, 255) for number, percent in numbers[:3])
    return first, second, third, alpha


def _numbers(text: str) -> list[tuple[str, str]]:
    return [found for found in NUMBER.findall(text) if found[0].count(".") < 2 and found[0].strip("-.")]


def _share(number: float, percent: bool, whole: float) -> float:
    return number / 100 * whole if percent else number
