"""Each source tried: does it answer, are its columns there, can it write, and what would somebody see?"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from services.connectors.apis.openapi import operations
from services.connectors.databases import Database, open_database
from services.connectors.declarations.parameters import NamedQuery
from services.connectors.declarations.sources import Declarations, Source
from services.connectors.guard import guarded
from services.connectors.guard.view import View, VisibleTable
from services.connectors.named.binding import Unbound, checked
from services.connectors.rights.session import session_settings
from services.connectors.rights.visibility import view_of
from shared.errors import NotReady, Refused
from shared.events import Principal
from shared.security.capability import Right

EVERYTHING = "*"


async def check(declarations: Declarations, folder: Path, holders: tuple[str, ...]) -> list[dict[str, Any]]:
    """One report a source: `problems` in words, and rows by table as `holders` would see them."""
    return [
        await check_source(name, source, declarations, folder, holders) for name, source in declarations.sources.items()
    ]


async def check_source(
    name: str, source: Source, declarations: Declarations, folder: Path, holders: tuple[str, ...]
) -> dict[str, Any]:
    """One source's report."""
    report: dict[str, Any] = {"source": name, "title": str(source.title), "problems": [], "tables": []}
    if source.kind == "api":
        return report | {"problems": _api_problems(name, source, declarations, folder)}
    if source.kind == "tools":
        return report | {"problems": await _tool_problems(source, folder)}
    try:
        database = open_database(source, folder)
    except NotReady as error:
        return report | {"problems": [str(error)]}
    try:
        report["problems"] += await _problems(source, database, declarations, name)
        if holders and not report["problems"]:
            report["tables"] = [row async for row in _seen(source, database, somebody(source, holders))]
    except (Refused, NotReady) as error:
        report["problems"].append(str(error))
    finally:
        await database.close()
    return report


def _api_problems(name: str, source: Source, declarations: Declarations, folder: Path) -> list[str]:
    """Paths that the OpenAPI document does not have; the API itself is not asked."""
    try:
        known = operations(folder / source.openapi)
    except NotReady as error:
        return [str(error)]
    paths = {key: one.path for key, one in declarations.queries.items() if one.source == name}
    return [
        f"queries.{key}: the OpenAPI document has no GET {path}" for key, path in paths.items() if path not in known
    ]


async def _tool_problems(source: Source, folder: Path) -> list[str]:
    """Tools that are not there or may write; a server that lists its tools to persons alone is said to be away."""
    from services.connectors.mcp_servers.calling import ToolServer  # its client takes .7 s to import

    try:
        return await ToolServer(source, folder).problems()
    except (Refused, NotReady) as error:
        return [str(error)]


async def _problems(source: Source, database: Database, declarations: Declarations, name: str) -> list[str]:
    found = [
        f"The login may do what it should not: {right}. Give it SELECT alone." for right in await database.writes()
    ]
    whole = View(
        database.dialect,
        {table: VisibleTable(dict.fromkeys(one.columns, "text"), None) for table, one in source.tables.items()},
        source.namespace,
    )
    for table in source.tables:
        try:
            await database.run(guarded(f"SELECT * FROM {table}", whole, 1).sql(database.dialect), 1, {})  # noqa: S608
        except Refused as error:
            found.append(f"{table}: {error.error}")
    view_of(source, database.dialect, somebody(source, ("person:nobody",)))  # filters and scopes can be read
    queries = {key: one for key, one in declarations.queries.items() if one.source == name and one.sql}
    return found + [problem for problem in _queries(queries, database, whole)]


def _queries(queries: Mapping[str, NamedQuery], database: Database, whole: View) -> Iterator[str]:
    """Queries that the guard would refuse even to who may see everything."""
    for key, query in queries.items():
        try:
            guarded(query.sql, whole, 1, checked(query, _anything(query), datetime.now(UTC).replace(tzinfo=None)))
        except Unbound:
            continue
        except Refused as error:
            yield f"queries.{key}: {error.error}"


def _anything(query: NamedQuery) -> dict[str, Any]:
    return {name: "x" for name, one in query.parameters.items() if one.type in ("value", "text")}


async def _seen(source: Source, database: Database, who: Right) -> Any:
    view = view_of(source, database.dialect, who)
    for table, one in source.tables.items():
        visible = view.tables.get(table)
        rows: Any = None
        if visible:
            sql = guarded(f"SELECT COUNT(*) FROM {table}", view, 1).sql(database.dialect)  # noqa: S608
            rows = (await database.run(sql, 1, session_settings(source, who))).rows[0][0]
        hidden = sorted(set(one.columns) - set(visible.columns if visible else ()))
        yield {"table": table, "rows": rows, "hidden_columns": hidden}


def somebody(source: Source, holders: tuple[str, ...]) -> Right:
    """Who stands in these lists; a business system after `via` would be a second party."""
    principal = Principal(id=holders[0], name=holders[0].partition(":")[2])
    until = datetime.now(UTC) + timedelta(minutes=5)
    return Right(
        principal=principal,
        workspaces=source.workspaces,
        actions=("ask",),
        query="check",
        holders=holders,
        expires_at=until,
    )
