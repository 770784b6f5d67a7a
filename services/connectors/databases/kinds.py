"""What is special about each database server: driver, session, cost and errors."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlglot import exp

# What makes row security void, and tables in which it, or a role that it may take, writes.
POSTGRES_WRITES = """
WITH mine AS (SELECT oid FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER'))
SELECT 'superuser' FROM pg_roles WHERE rolname = current_user AND rolsuper
UNION ALL SELECT 'BYPASSRLS' FROM pg_roles WHERE rolname = current_user AND rolbypassrls
UNION ALL SELECT DISTINCT 'writing to ' || c.oid::regclass::text
FROM mine, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'v') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
AND (has_table_privilege(mine.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
OR has_any_column_privilege(mine.oid, c.oid, 'INSERT, UPDATE')) LIMIT 5"""
MYSQL_WRITES = re.compile(r"\b(?:ALL PRIVILEGES|INSERT|UPDATE|DELETE|DROP|ALTER|CREATE|FILE|SUPER|GRANT OPTION)\b")


@dataclass(frozen=True)
class Kind:
    """The plain one: a transaction that is rolled back. Subclasses add what their server can."""

    dialect: str
    driver: str
    package: str
    slow: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def connect_arguments(self, seconds: float) -> dict[str, Any]:
        """For the driver."""
        return {}

    def before(self, seconds: float, settings: Mapping[str, str]) -> Iterator[str]:
        """Statements at the start of each transaction."""
        yield from ()

    def cost(self, connection: Connection, sql: str) -> float | None:
        """The server's own estimate, or None when it gives none."""
        return None

    def writes(self, connection: Connection) -> list[str]:
        """What the login may do besides reading."""
        return []

    def state(self, error: Any) -> str:
        """`slow`, `changed` or nothing: by SQLSTATE or number."""
        codes = {str(getattr(error, "sqlstate", "")), *map(str, getattr(error, "args", ())[:1])}
        return "slow" if codes & {*self.slow} else "changed" if codes & {*self.changed} else ""


class PostgreSql(Kind):
    """Row security by `SET LOCAL`: settings that start with a role's name switch to it first."""

    def connect_arguments(self, seconds: float) -> dict[str, Any]:
        return {"connect_timeout": max(2, round(seconds)), "application_name": "cloister", "keepalives_idle": 10}

    def before(self, seconds: float, settings: Mapping[str, str]) -> Iterator[str]:
        yield "SET TRANSACTION READ ONLY"
        yield f"SET LOCAL statement_timeout = {round(seconds * 1000)}"
        if role := settings.get("role"):
            yield f"SET LOCAL ROLE {exp.to_identifier(role, quoted=True).sql('postgres')}"
        for name, value in settings.items():
            if name != "role":
                quoted = ".".join(exp.to_identifier(part, quoted=True).sql("postgres") for part in name.split("."))
                yield f"SET LOCAL {quoted} = {exp.Literal.string(value).sql('postgres')}"

    def writes(self, connection: Connection) -> list[str]:
        return [str(row[0]) for row in connection.exec_driver_sql(POSTGRES_WRITES)]

    def cost(self, connection: Connection, sql: str) -> float | None:
        plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}").scalar_one()
        found = json.loads(plan) if isinstance(plan, str) else plan
        return float(found[0]["Plan"]["Total Cost"])


class MySql(Kind):
    """MariaDB counts seconds, MySQL milliseconds; each leaves the other's comment out of the one SET."""

    def connect_arguments(self, seconds: float) -> dict[str, Any]:
        wait = max(2, round(seconds) + 1)
        return {"connect_timeout": wait, "read_timeout": wait, "write_timeout": wait, "charset": "utf8mb4"}

    def before(self, seconds: float, settings: Mapping[str, str]) -> Iterator[str]:
        yield "SET SESSION TRANSACTION READ ONLY"
        yield f"SET /*M! max_statement_time = {seconds:g} */ /*!50708 max_execution_time = {round(seconds * 1000)} */"
        yield "START TRANSACTION READ ONLY"

    def writes(self, connection: Connection) -> list[str]:
        grants = [str(row[0]) for row in connection.exec_driver_sql("SHOW GRANTS")]
        # A fresh MariaDB lets everybody write to databases called `test` and `test_…`, which hold nothing.
        own = (grant for grant in grants if not re.search(r" ON `test(?:`|\\_%`)\.\* TO PUBLIC", grant))
        return [grant for grant in own if MYSQL_WRITES.search(grant.partition(" ON ")[0])]


class SqlServer(Kind):
    """The login must be able to read alone: there is no read-only transaction."""

    def connect_arguments(self, seconds: float) -> dict[str, Any]:
        return {"login_timeout": max(2, round(seconds)), "timeout": max(1, round(seconds))}

    def writes(self, connection: Connection) -> list[str]:
        found = connection.exec_driver_sql("SELECT permission_name FROM fn_my_permissions(NULL, 'DATABASE')")
        return [str(row[0]) for row in found if str(row[0]) in ("INSERT", "UPDATE", "DELETE", "ALTER", "CONTROL")]


class Oracle(Kind):
    """A read-only transaction; the driver stops a call that takes too long."""

    def before(self, seconds: float, settings: Mapping[str, str]) -> Iterator[str]:
        yield "SET TRANSACTION READ ONLY"

    def writes(self, connection: Connection) -> list[str]:
        found = connection.exec_driver_sql("SELECT privilege FROM session_privs")
        return [str(row[0]) for row in found if not str(row[0]).startswith(("CREATE SESSION", "SELECT", "READ"))]


MYSQL = MySql("mysql", "pymysql", "pymysql", ("1969", "3024"), ("1054", "1146", "1142", "1143"))
KINDS: dict[str, Kind] = {
    "postgresql": PostgreSql("postgres", "psycopg", "psycopg[binary]", ("57014",), ("42703", "42P01", "42501")),
    "mysql": MYSQL,
    "mariadb": MYSQL,
    "mssql": SqlServer("tsql", "pymssql", "pymssql", (), ("207", "208", "229", "230")),
    "oracle": Oracle("oracle", "oracledb", "oracledb", ("DPY-4024",), ("904", "942")),
}
