"""Requests about the company's directory (Keycloak)."""

from pydantic import Field

from shared.events.access import Credential
from shared.events.message import Model, Request


class DirectoryState(Model):
    """`problems` say, with a remedy, what an administrator should look at. `full_at` is in seconds since 1970."""

    issuer: str
    people: int
    groups: int
    full_at: int | None = None
    problems: tuple[str, ...] = ()


class DescribeDirectory(Request[DirectoryState], subject="auth.describe_directory.v1"):
    """How is it? With `sync`, everybody is read first."""

    credential: Credential = Field(repr=False)
    sync: bool = False
