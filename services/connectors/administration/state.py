"""Declared sources as administrators see them, each tried now."""

import asyncio
from collections import Counter
from pathlib import Path

from services.connectors.administration.checking import check_source
from services.connectors.databases.opening import kind_of
from services.connectors.declarations.sources import Declarations, Source
from shared.errors import NotReady
from shared.events import SourceState, SourceStates

TRY_SECONDS = 15.0
LATE = "It did not answer within {:.0f} s. Look at its network and its load."


async def states(declarations: Declarations, folder: Path, chinese: bool) -> SourceStates:
    """All at once; a source that hangs is reported and keeps nobody waiting."""
    counted = Counter(query.source for query in declarations.queries.values())
    found = await asyncio.gather(*(_problems(name, declarations, folder) for name in declarations.sources))
    return SourceStates(
        sources=tuple(
            SourceState(
                source=name,
                title=source.title.said(chinese),
                kind=_kind(source, folder),
                workspaces=source.workspaces,
                tables=len(source.tables),
                queries=counted[name],
                problems=tuple(problems),
            )
            for (name, source), problems in zip(declarations.sources.items(), found, strict=True)
        )
    )


async def _problems(name: str, declarations: Declarations, folder: Path) -> list[str]:
    try:
        trial = check_source(name, declarations.sources[name], declarations, folder, ())
        problems: list[str] = (await asyncio.wait_for(trial, TRY_SECONDS))["problems"]
    except TimeoutError:
        return [LATE.format(TRY_SECONDS)]
    return problems


def _kind(source: Source, folder: Path) -> str:
    if source.kind != "database":
        return {"api": "api", "tools": "mcp"}[source.kind]
    try:
        return kind_of(source, folder)
    except NotReady:
        return "unknown"  # its problems say why
