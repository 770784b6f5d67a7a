"""A result as a passage: what was asked of the source stands over it, and its rows are data, never instructions."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson

from services.connectors.databases.rows import Cell, Rows
from services.connectors.declarations.parameters import NamedQuery
from services.connectors.results.sentences import answer, table
from shared.events import Passage, RowColumn, RowSet

TEXT_ROWS = 60  # rows that a model reads; the citation holds them all
TEXT = 6_000  # characters
BYTES = 200_000  # of all rows of one result: it travels with the question


@dataclass(frozen=True)
class Origin:
    """Where rows come from: names as declared, the statement as it ran, a digest of the asker's rights."""

    source: str
    source_title: str
    query: str
    statement: str
    rights: str
    read_at: datetime


def row_set(
    query: NamedQuery, origin: Origin, rows: Rows, parameters: Mapping[str, Cell], chinese: bool, about: str = ""
) -> RowSet:
    """The result in the language of the question; `about` names its period and the like."""
    columns = tuple(_column(query, name, chinese) for name in rows.columns)
    kept = _bounded(rows)
    title = query.title.said(chinese) + about
    return RowSet(
        source=origin.source,
        source_title=origin.source_title,
        query=origin.query,
        title=title,
        statement=origin.statement,
        parameters=dict(parameters),
        columns=columns,
        rows=kept,
        row_count=len(kept),
        more=rows.more or len(kept) < len(rows.rows),
        read_at=origin.read_at,
        digest=digest(rows),
        rights=origin.rights,
        plot=query.plot,
        answer=answer(title, columns, kept, rows.more, chinese),
    )


def passage(result: RowSet, workspace: str, score: float) -> Passage:
    """For prompt and citation."""
    rows = result.rows[:TEXT_ROWS]
    text = table(result.columns, rows)[:TEXT] if rows else result.answer
    return Passage(
        document_id=row_id(result.source, result.query, result.rights),
        revision=1,
        workspace=workspace,
        title=result.source_title,
        chunk=0,
        page=1,
        heading=(result.title,),
        end=len(text),
        text=text,
        score=min(max(score, 0.0), 1.0),
        data=result,
    )


def row_id(source: str, query: str, rights: str) -> str:
    """What stands for a document's id: whose rights they were read under is a part of it."""
    return f"data:{source}:{query}:{rights}"


def digest(rows: Rows) -> str:
    """SHA-256 over columns and rows, for the audit log."""
    return hashlib.sha256(orjson.dumps([rows.columns, rows.rows])).hexdigest()


def _column(query: NamedQuery, name: str, chinese: bool) -> RowColumn:
    given = query.columns.get(name)
    return RowColumn(name=name, title=given.title.said(chinese) if given else name, unit=given.unit if given else "")


def _bounded(rows: Rows) -> tuple[tuple[Cell, ...], ...]:
    left, kept = BYTES, []
    for row in rows.rows:
        left -= len(orjson.dumps(row))
        if left < 0:
            break
        kept.append(row)
    return tuple(kept)
