"""Draws plots as inline SVG."""

from collections.abc import Sequence
from html import escape

from client.evaluation.metrics import CURVE
from client.evaluation.translations import both

COLOURS = {"fused": "#0b6e4f", "dense": "#c8553d", "bm25": "#3d5a9e"}
DASHES = {"fused": "", "dense": "6 3", "bm25": "2 3"}
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 380, 220, 36, 38, 12
BINS = (("1", 1, 1), ("2", 2, 2), ("3", 3, 3), ("4–5", 4, 5), ("6–10", 6, 10), ("11–50", 11, 50))


def curves(by_leg: dict[str, list[float]]) -> str:
    """Recall by depth, a line for each leg."""
    step = (WIDTH - LEFT - 12) / (CURVE - 1)
    parts = [_grid()]
    for leg, values in by_leg.items():
        points = " ".join(f"{LEFT + n * step:.1f},{_height(value):.1f}" for n, value in enumerate(values))
        dash = f' stroke-dasharray="{DASHES[leg]}"' if DASHES[leg] else ""
        parts.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS[leg]}" stroke-width="2.5"{dash}/>')
    parts += [_label(LEFT + (k - 1) * step, HEIGHT - BOTTOM + 16, str(k)) for k in (1, 5, 10, 15, 20)]
    return _figure("curve", [*parts, _under("depth")], list(by_leg))


def histogram(by_leg: dict[str, list[int | None]]) -> str:
    """The share of questions by rank."""
    total = max(len(next(iter(by_leg.values()), ())), 1)
    groups = [
        (
            name,
            {
                leg: sum(bool(rank) and low <= rank <= high for rank in ranks if rank) / total
                for leg, ranks in by_leg.items()
            },
        )
        for name, low, high in BINS
    ]
    groups.append(("—", {leg: sum(rank is None for rank in ranks) / total for leg, ranks in by_leg.items()}))
    return _figure("histogram", [_grid(), *_bars(groups), _under("rank")], list(by_leg))


def languages(by_language: dict[str, dict[str, float]]) -> str:
    """Recall@5 of each leg in each language."""
    legs = list(next(iter(by_language.values()), {}))
    return _figure("languages", [_grid(), *_bars(list(by_language.items()))], legs)


def _bars(groups: Sequence[tuple[str, dict[str, float]]]) -> list[str]:
    room = (WIDTH - LEFT - 12) / max(len(groups), 1)
    parts = []
    for n, (name, values) in enumerate(groups):
        start, wide = LEFT + n * room + room * 0.12, min(room * 0.76 / max(len(values), 1), 40)
        for m, (leg, value) in enumerate(values.items()):
            top, left = _height(value), start + m * wide
            parts.append(
                f'<rect x="{left:.1f}" y="{top:.1f}" width="{wide * 0.9:.1f}" height="{HEIGHT - BOTTOM - top:.1f}" '
                f'fill="{COLOURS[leg]}"><title>{escape(leg)} {value:.3f}</title></rect>'
            )
        parts.append(_spoken(start + len(values) * wide / 2, HEIGHT - BOTTOM + 16, name))
    return parts


def _height(value: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value)


def _grid() -> str:
    lines = []
    for tick in (0, 0.25, 0.5, 0.75, 1):
        y = _height(tick)
        lines.append(f'<line x1="{LEFT}" x2="{WIDTH - 12}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>')
        lines.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
    return "".join(lines)


def _label(x: float, y: float, words: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(words)}</text>'


def _under(name: str) -> str:
    return _spoken(LEFT + (WIDTH - LEFT - 12) / 2, HEIGHT - 4, name)


def _spoken(x: float, y: float, name: str) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="middle"'
    return "".join(f'<text {place} class="{tag}">{escape(words)}</text>' for tag, words in both(name))


def _figure(name: str, parts: Sequence[str], legs: Sequence[str]) -> str:
    key = "".join(f'<span style="--c:{COLOURS[leg]}">{_either(leg)}</span>' for leg in legs)
    return (
        f"<figure><figcaption>{_either(name)}</figcaption>"
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{"".join(parts)}</svg><div class="key">{key}</div></figure>'
    )


def _either(name: str) -> str:
    return "".join(f'<span class="{tag}">{escape(words)}</span>' for tag, words in both(name))
