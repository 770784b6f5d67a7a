"""SQL sources: one file for each kind of database, and what they share."""

from services.connectors.databases.opening import Database, open_database

__all__ = ["Database", "open_database"]
