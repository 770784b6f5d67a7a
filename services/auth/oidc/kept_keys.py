"""The issuer's public keys as they were last seen, for a start while it is away."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from services.auth import tables
from shared.sql.database import Database

log = logging.getLogger(__name__)
LONGEST = timedelta(days=1)  # no token lives longer, so no key is needed for longer


class KeptKeys:
    """One row: what the issuer said of itself, and its JWKS. Neither holds a secret."""

    def __init__(self, database: Database, issuer: str) -> None:
        self._database, self._issuer = database, issuer

    async def keep(self, about: Mapping[str, Any], jwks: Mapping[str, Any]) -> None:
        """In the place of those before. Tables that are away cost no token: the keys are known already."""
        kept, row = tables.issuer_keys, {"issuer": self._issuer, "seen_at": datetime.now(UTC)}
        try:
            async with self._database.transaction() as connection:
                await connection.execute(delete(kept))
                await connection.execute(insert(kept).values(about=dict(about), jwks=dict(jwks), **row))
        except SQLAlchemyError as error:
            log.warning("the issuer's keys could not be kept for the next start: %s", error)

    async def read(self) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
        """`about` and the JWKS of this issuer, if they are not older than a token can be."""
        kept = tables.issuer_keys
        young = kept.c.seen_at > datetime.now(UTC) - LONGEST
        async with self._database.reading() as connection:
            found = await connection.execute(select(kept).where(kept.c.issuer == self._issuer, young))
        row = found.first()
        return (row.about, row.jwks) if row else None
