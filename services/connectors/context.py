"""What the service has open: declarations as the file says now, databases, and the meaning of named queries."""

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from services.connectors.apis import Api
from services.connectors.databases import Database, open_database
from services.connectors.declarations.loading import Watched
from services.connectors.declarations.parameters import NamedQuery, Value
from services.connectors.declarations.sources import Declarations, Source
from services.connectors.execution import Proof
from services.connectors.guard import guarded
from services.connectors.named.binding import Look
from services.connectors.named.selection import Selection
from services.connectors.named.values import Known, known
from services.connectors.rights.session import session_settings
from services.connectors.rights.visibility import open_sources, scope_digest, view_of
from services.connectors.schedules.asking import Schedules
from services.connectors.schedules.delivering import Deliverer
from services.connectors.schedules.repository import ScheduleRepository
from services.connectors.schedules.signals import RulePauses
from services.connectors.settings import ConnectorSettings
from shared.bus import Bus
from shared.errors import Refused
from shared.events import Draft, Embed, Embedded, TellServer
from shared.security.capability import Right
from shared.security.rights import Rights
from shared.sql.database import Database as DatabaseOfOurs

if TYPE_CHECKING:
    from services.connectors.mcp_servers.calling import ToolServer

VALUES, VALUES_SECONDS = 20_000, 300.0
EMBED_SECONDS = 20.0
DRAFT_SECONDS = 30.0
WARM_SECONDS = 2.0
log = logging.getLogger(__name__)


class ConnectorsContext:
    """`home` keeps the vectors of the named queries' examples; `rights` checks capabilities."""

    def __init__(self, bus: Bus, own: ConnectorSettings, home: Path, rights: Rights, database: DatabaseOfOurs) -> None:
        self.rights = rights
        self.schedules = Schedules(bus, ScheduleRepository(database), Deliverer(own, home))
        self.quiet = RulePauses()
        self._bus, self._home = bus, home
        self._zone = ZoneInfo(own.connectors_timezone)
        self.watched = Watched(own.file)
        self._databases: dict[str, Database] = {}
        self._apis: dict[str, Api] = {}
        self._servers: dict[str, ToolServer] = {}
        self._values: dict[tuple[str, str, str], tuple[float, list[Known]]] = {}
        self.selection = self._selection()

    def now(self) -> datetime:
        """The business's own clock, which periods are reckoned by."""
        return datetime.now(self._zone).replace(tzinfo=None)

    async def declarations(self) -> Declarations:
        """As the file says now; what hung on the old ones is closed."""
        if self.watched.changed():
            await self.close()
            self._databases, self._values, self._apis, self._servers = {}, {}, {}, {}
            self.selection = self._selection()
        return self.watched.current

    def database(self, name: str, source: Source) -> Database:
        """The source's database, connected at its first query."""
        if name not in self._databases:
            self._databases[name] = open_database(source, self.watched.path.parent)
        return self._databases[name]

    def api(self, name: str, source: Source) -> Api:
        """The source's API; its document is read at its first query."""
        if name not in self._apis:
            self._apis[name] = Api(source, self.watched.path.parent)
        return self._apis[name]

    def tools(self, name: str, source: Source) -> "ToolServer":
        """The source's MCP server; each call is a session of its own."""
        if name not in self._servers:
            from services.connectors.mcp_servers.calling import ToolServer

            self._servers[name] = ToolServer(source, self.watched.path.parent)
        return self._servers[name]

    async def person_token(self, proof: Proof, server: str) -> str:
        """A token that tells this server who asks, and is good for nothing else."""
        request = TellServer(query=proof.query, capability=proof.capability, server=server)
        return (await self._bus.request(request)).token

    async def values(self, name: str, source: Source, right: Right, wanted: Value) -> Sequence[Known]:
        """The values of a column that this asker may see, with their other names; looked up every five minutes."""
        database = self.database(name, source)
        view = view_of(source, database.dialect, right)
        place = (name, scope_digest(view, name), wanted.column)
        kept = self._values.get(place)
        if kept is None or kept[0] < time.monotonic():
            table, _, column = wanted.column.partition(".")
            sql = f"SELECT DISTINCT {', '.join((column, *wanted.names))} FROM {table}"  # noqa: S608 the guard parses it
            statement = guarded(sql, view, VALUES).sql(database.dialect)
            rows = await database.run(statement, VALUES, session_settings(source, right))
            kept = time.monotonic() + VALUES_SECONDS, known(rows.rows)
            self._values[place] = kept
        return kept[1]

    def looking(self, query: NamedQuery, source: Source, right: Right) -> Look:
        """How the parameters of a query find values of columns."""
        return lambda wanted: self.values(query.source, source, right, wanted)

    def source_of(self, declarations: Declarations, query: NamedQuery, right: Right) -> Source:
        """The source behind a query; `Refused` (404) looks the same for one that is not open and one that is not."""
        source = open_sources(declarations, right).get(query.source)
        if source is None:
            raise Refused("query_not_found", "There is no such named query, or you may not use it.", 404)
        return source

    async def warm(self) -> None:
        """Embed the examples of the named queries before the first question needs them, and after each change."""
        while True:
            declarations = await self.declarations()
            if declarations.queries:
                try:
                    await self.selection.prepare()
                except Refused as error:
                    log.warning("the named queries are not prepared yet: %s", error.error)
            await asyncio.sleep(WARM_SECONDS)

    async def close(self) -> None:
        """Close all databases."""
        for database in self._databases.values():
            await database.close()

    def _selection(self) -> Selection:
        return Selection(self.watched.current, self._embed, self._home / "connectors-meaning.json")

    async def draft(self, text: str, schema: dict[str, Any]) -> str:
        """A form filled by the model. `Refused` when there is none that can, or it does not answer in time."""
        return (await self._bus.request(Draft(text=text, answer_schema=schema), timeout=DRAFT_SECONDS)).text

    async def _embed(self, texts: Sequence[str]) -> tuple[str, list[list[float]]]:
        reply: Embedded = await self._bus.request(Embed(texts=tuple(texts), kind="question"), timeout=EMBED_SECONDS)
        return reply.model, [list(vector) for vector in reply.vectors]
