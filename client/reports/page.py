"""Renders a monthly report as one self-contained HTML file with plots."""

from collections.abc import Mapping
from html import escape
from typing import Any

from client.reports.words import WORDS

STYLE = """body{font:16px/1.5 system-ui,"Noto Sans CJK SC",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:1rem}
.figure{border:1px solid #8884;border-radius:.5rem;padding:.8rem}.figure b{display:block;font-size:1.7rem}
svg{width:100%;height:auto}rect{fill:#2f6fb5}text{font-size:12px;fill:currentColor}
@media(prefers-color-scheme:dark){body{background:#16181c;color:#e6e6e6}rect{fill:#6aa5e6}}"""
ROW, WIDE, LABEL = 24, 700, 220


def page(report: Mapping[str, Any], language: str = "en") -> str:
    """The HTML page in `language` (en or zh); `report` is the reply of GET /api/reports/monthly."""
    words = WORDS[language]
    now, past = report["figures"], report["before"]
    cards = "".join(_card(words, *card, now, past) for card in CARDS)
    drawn = {name: now[name] for name in ("days", "departments", "outcomes", "workspaces", "gpu_seconds", "costs")}
    drawn["outcomes"] = {words[name]: count for name, count in now["outcomes"].items()}
    drawn["costs"] = now["costs"] if any(now["costs"].values()) else {}
    plots = "".join(f"<h2>{words[name]}</h2>{bars(values)}" for name, values in drawn.items() if values)
    title = f"Cloister, {escape(report['month'])}"
    return (
        f'<!doctype html><html lang="{words["lang"]}"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style>"
        f'<h1>{title}</h1><div class="figures">{cards}</div>{plots}<p>{escape(report["formula"])}</p></html>\n'
    )


def _satisfaction(figures: Mapping[str, Any]) -> float | None:
    opinions = figures.get("opinions") or {}
    total = opinions.get("useful", 0) + opinions.get("useless", 0)
    return round(100 * opinions.get("useful", 0) / total) if total else None


CARDS: tuple[tuple[str, Any, str], ...] = (
    ("questions", lambda f: f["questions"], ""),
    ("people", lambda f: f["people"], ""),
    ("p50", lambda f: f["response_seconds"]["p50"], ""),
    ("p95", lambda f: f["response_seconds"]["p95"], ""),
    ("hours_saved", lambda f: f["hours_saved"], ""),
    ("useful", _satisfaction, " %"),
)


def _card(
    words: Mapping[str, str], name: str, find: Any, unit: str, now: Mapping[str, Any], past: Mapping[str, Any]
) -> str:
    value, earlier = find(now), find(past)
    text = "–" if value is None else f"{value:,}{unit}"
    change = "" if not earlier or value is None else words["change"].format(f"{value - earlier:+,.4g}")
    return f'<div class="figure"><b>{text}</b>{words[name]}{escape(change)}</div>'


def bars(values: Mapping[str, float]) -> str:
    """A bar chart as SVG, with a labelled bar for each value."""
    most = max(values.values()) or 1
    rows = []
    for n, (name, value) in enumerate(values.items()):
        y, length = n * ROW, (WIDE - LABEL - 80) * value / most
        rows.append(
            f'<text x="{LABEL - 8}" y="{y + 16}" text-anchor="end">{escape(name[:30])}</text>'
            f'<rect x="{LABEL}" y="{y + 4}" width="{length:.1f}" height="{ROW - 8}"/>'
            f'<text x="{LABEL + length + 6:.1f}" y="{y + 16}">{value:,}</text>'
        )
    return f'<svg viewBox="0 0 {WIDE} {len(values) * ROW}" role="img">{"".join(rows)}</svg>'
