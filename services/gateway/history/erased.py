"""The list of erased persons, in a table and in a file: who restores an older backup erases them again by starting."""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, insert, select

from services.gateway.tables import erasures
from shared.errors import NotReady
from shared.sql.database import Database

WORDS = "The list of erased persons {}, line {}, cannot be read ({}). Correct it: without it somebody comes back."


@dataclass(frozen=True, slots=True)
class Erased:
    """What `person` left before `before` is gone; `by` whom and why."""

    person: str
    before: datetime
    by: str
    reason: str

    @property
    def key(self) -> tuple[str, datetime]:
        """One erasure, whatever words it has."""
        return self.person, self.before


class ErasedPersons:
    """`path` is best kept where backups do not reach: it must not be restored with them."""

    def __init__(self, database: Database, path: Path) -> None:
        self._database, self._path = database, path

    async def add(self, erased: Erased) -> None:
        """In the file, then in the table."""
        if erased.key not in self._listed():
            self._append([erased])
        await self.done(erased)

    async def done(self, erased: Erased) -> None:
        """It was carried out on this home."""
        same = (erasures.c.person == erased.person) & (erasures.c.before == erased.before)
        async with self._database.transaction() as connection:
            await connection.execute(delete(erasures).where(same))
            await connection.execute(insert(erasures).values(**asdict(erased)))

    async def missing(self) -> list[Erased]:
        """Those of the file that were not carried out on this home in these words; a lost file is written anew."""
        async with self._database.reading() as connection:
            done = [Erased(**row._mapping) for row in (await connection.execute(select(erasures))).all()]
        listed = self._listed()
        self._append(sorted((one for one in done if one.key not in listed), key=lambda one: one.before))
        return [one for one in listed.values() if one not in done]

    def _listed(self) -> dict[tuple[str, datetime], Erased]:
        """By its key; of two lines with the same one the later counts."""
        if not self._path.exists():
            return {}
        found = {}
        for number, line in enumerate(self._path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                told = json.loads(line)
                one = Erased(**told | {"before": datetime.fromisoformat(told["before"]).astimezone(UTC)})
                found[one.key] = one
            except (ValueError, TypeError, KeyError) as error:
                raise NotReady(WORDS.format(self._path, number, error)) from error
        return found

    def _append(self, erased: Iterable[Erased]) -> None:
        lines = [json.dumps(asdict(one) | {"before": one.before.isoformat()}, ensure_ascii=False) for one in erased]
        if not lines:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._path.open("a", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())
