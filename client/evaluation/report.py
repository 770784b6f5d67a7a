"""Renders a result as one self-contained HTML page in English and Chinese: metrics, plots and misses."""

from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from client.evaluation import plots
from client.evaluation.metrics import NAMES, curve
from client.evaluation.ranking import LEGS
from client.evaluation.translations import both

TOP = 5
Row = dict[str, Any]


def page(found: dict[str, Any]) -> str:
    """The HTML page; text from questions and documents is escaped."""
    missed = [row for row in found["rows"] if not row["ranks"]["fused"] or row["ranks"]["fused"] > TOP]
    parts = [_head(found), _cards(found), _plots(found), _figures(found), _unknown(found["unknown_documents"])]
    parts += [_against(found["against"])] if "against" in found else []
    parts += [_titled("misses", len(missed)), _list(missed, instead=True) if missed else _line("none")]
    parts += [f"<details><summary>{_say('everything')}</summary>{_list(found['rows'], instead=False)}</details>"]
    template = Template(files("client.evaluation").joinpath("page.html").read_text(encoding="utf-8"))
    return template.substitute(name=escape(f"Cloister · {found['workspace']}"), body="\n".join(parts))


def _head(found: dict[str, Any]) -> str:
    summary = f"<p>{_say('asked', found['questions'])} · {_moment(found['at'])}</p><p>{_say('near', found['near'])}</p>"
    name = _say("title", found["workspace"])
    return f'<header><h1>{name}</h1><button id="switch">中文 / English</button></header>{summary}'


def _cards(found: dict[str, Any]) -> str:
    metrics = found["legs"]["fused"]["all"]
    cards = [(f"{metrics[name]:.3f}", _say(name)) for name in ("recall@1", "recall@5", "mrr", "ndcg@10")]
    cards.append((str(found["without_hit"]), _say("without")))
    drawn = (f'<div class="card"><b>{value}</b><span>{name}</span></div>' for value, name in cards)
    return f'<div class="cards">{"".join(drawn)}</div>'


def _plots(found: dict[str, Any]) -> str:
    ranks: dict[str, list[int | None]] = {leg: [row["ranks"][leg] for row in found["rows"]] for leg in LEGS}
    spoken: dict[str, dict[str, float]] = {
        name: {leg: found["legs"][leg][name]["recall@5"] for leg in LEGS} for name in found["languages"]
    }
    drawn = [plots.curves({leg: curve(values) for leg, values in ranks.items()}), plots.histogram(ranks)]
    return f'<div class="plots">{"".join([*drawn, plots.languages(spoken)])}</div>'


def _figures(found: dict[str, Any]) -> str:
    head = "".join(f"<th>{_say(name)}</th>" for name in ("leg", "language"))
    head += "".join(f'<th class="number">{_say(name)}</th>' for name in NAMES)
    rows = [
        f"<tr><td>{_say(leg)}</td><td>{_say(name)}</td>"
        + "".join(f'<td class="number">{metrics[figure]:.3f}</td>' for figure in NAMES)
        for leg in LEGS
        for name, metrics in found["legs"][leg].items()
    ]
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead>{"".join(rows)}</table></div>'


def _unknown(titles: Sequence[str]) -> str:
    return f"<p>{_say('unknown', '; '.join(titles))}</p>" if titles else ""


def _against(result: dict[str, Any]) -> str:
    signs = " · ".join(
        f'{_say(name)} <b class="{"down" if value < 0 else "up"}">{value:+.3f}</b>'
        for name, value in result["fused"].items()
    )
    rows = [
        f'<tr><td>{escape(one["question"])}</td><td class="number">{_rank(one["before"])}</td>'
        f'<td class="number">{_rank(one["now"])}</td></tr>'
        for one in result["changed"]
    ]
    table = _table(("question", "before", "now"), rows) if rows else _line("same")
    return f"{_titled('against', _moment(result['at']))}<p>{signs}</p>{table}"


def _list(rows: Iterable[Row], instead: bool) -> str:
    drawn = []
    for row in rows:
        ranks = " · ".join(_rank(row["ranks"][leg]) for leg in LEGS)
        first = f"<td>{_first(row['first'])}</td>" if instead else ""
        where = _place(row["document"], row["page"])
        drawn.append(f"<tr><td>{escape(row['question'])}</td><td>{where}</td>{first}<td class=number>{ranks}</td></tr>")
    return _table(("question", "expected", *(["instead"] if instead else []), "ranks"), drawn)


def _first(found: Row | None) -> str:
    if found is None:
        return f'<span class="quote">{_say("nothing")}</span>'
    return f'{_place(found["title"], found["page"])}<div class="quote">{escape(found["text"])}</div>'


def _place(title: str, number: int | None) -> str:
    return f"{escape(title)}{', ' + _say('page', number) if number else ''}"


def _rank(rank: int | None) -> str:
    return str(rank) if rank else "—"


def _table(heads: Sequence[str], rows: Sequence[str]) -> str:
    head = "".join(f"<th>{_say(name)}</th>" for name in heads)
    return f'<table class="list"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _titled(name: str, *given: object) -> str:
    return f"<h2>{_say(name, *given)}</h2>"


def _line(name: str) -> str:
    return f"<p>{_say(name)}</p>"


def _moment(at: str | None) -> str:
    """The time in UTC, to the minute."""
    return escape(f"{at[:16].replace('T', ' ')} UTC") if at else "—"


def _say(name: str, *given: object) -> str:
    return "".join(f'<span class="{tag}">{escape(words)}</span>' for tag, words in both(name, *given))
