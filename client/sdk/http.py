"""Cloister's HTTP interface as methods: `with Http(url, token) as cloister: print(cloister.ask("…").answer)`."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from client.sdk.documents import Documents
from client.sdk.models import Answer, FoundPassage, SearchResult
from client.sdk.transport import ServerEvent, without_none
from shared.events import Kind, Leg, Record


class Http(Documents):
    """Refusals are raised as `client.Refused`; times are seconds."""

    def login(self, username: str, password: str) -> dict[str, Any]:
        """Sign in; later calls use the token."""
        signed = self.call("POST", "/api/login", json={"username": username, "password": password})
        self.token = signed["access_token"]
        return signed

    def sign_in_ways(self) -> list[str]:
        """The ways to sign in: `password`, and `company` if there is an issuer."""
        return list(self.call("GET", "/auth/session")["ways"])

    def issuer(self) -> str:
        """The URL of the company's issuer; empty without one."""
        return str(self.call("GET", "/auth/session").get("issuer", ""))

    def set_password(self, password: str, current: str = "", username: str = "") -> dict[str, Any]:
        """Set the caller's password, which gives a new token, or as an administrator somebody's."""
        if username:
            return self.call("POST", f"/api/users/{username}/password", json={"password": password})
        signed = self.call("POST", "/api/me/password", json={"current": current, "password": password})
        self.token = signed["access_token"]
        return signed

    def logout(self, *, everywhere: bool = False, username: str = "") -> dict[str, Any]:
        """End this token, all of the caller's tokens, or as an administrator all of somebody's."""
        if username:
            return self.call("POST", f"/api/users/{quote(username, safe='')}/logout")
        return self.call("POST", "/api/logout", json={"everywhere": everywhere})

    def end_session(self, username: str, session: str) -> dict[str, Any]:
        """End one of somebody's browser sessions, as an administrator."""
        return self.call("DELETE", f"/api/users/{quote(username, safe='')}/sessions/{quote(session, safe='')}")

    def me(self) -> dict[str, Any]:
        """The caller's name, groups, roles and rights by workspace."""
        return self.call("GET", "/api/me")

    def ready(self) -> dict[str, str]:
        """The problems by service; empty if Cloister is ready."""
        with self.client.stream("GET", "/readyz") as response:
            response.read()
            problems: dict[str, str] = response.json()["problems"]
            return problems

    def ask(self, question: str, *, key: str = "", **options: Any) -> Answer:
        """The whole answer. The same `key` returns the first answer. `options`: workspace(s), scenario …"""
        return Answer.model_validate(
            self.call("POST", "/api/chat", json=chat_body(question, options), headers=key_header(key))
        )

    def stream(self, question: str, *, key: str = "", **options: Any) -> Iterator[ServerEvent]:
        """`progress`, `token` and `restart` (the text starts again) as they arrive; the last is `answer`."""
        yield from self.events(
            "POST", "/api/chat", json=chat_body(question, options) | {"stream": True}, headers=key_header(key)
        )

    def search(
        self,
        question: str,
        workspace: str | None = None,
        limit: int = 10,
        leg: Leg | None = None,
        workspaces: list[str] | None = None,
    ) -> list[FoundPassage]:
        """Passages without an answer. With `leg` those of one search only, for measurements."""
        wanted = without_none(question=question, workspace=workspace, workspaces=workspaces, limit=limit, leg=leg)
        return list(self.searched(**wanted).passages)

    def searched(self, question: str, **options: Any) -> SearchResult:
        """The same with the codes that stand nowhere; options as of `search`."""
        wanted = without_none(question=question, **options)
        return SearchResult.model_validate(self.call("POST", "/api/search", json=wanted))

    def named_queries(self, language: str = "zh") -> list[dict[str, Any]]:
        """Named queries of business data that the caller may use, with their parameters."""
        found: list[dict[str, Any]] = self.call("GET", "/api/data/queries", params={"language": language})["queries"]
        return found

    def run_query(self, name: str, parameters: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        """Rows: `columns`, `rows`, `row_count`, `more`, `read_at`, `statement`. `options`: workspace, language."""
        body = without_none(parameters=parameters or {}, **options)
        return self.call("POST", f"/api/data/queries/{quote(name, safe='')}", json=body)

    def query(self, query_id: str) -> dict[str, Any]:
        """The state of a query, its queue position and expected wait; the answer once it exists."""
        return self.call("GET", f"/api/queries/{query_id}")

    def cancel(self, query_id: str) -> dict[str, Any]:
        """Cancel a query."""
        return self.call("DELETE", f"/api/queries/{query_id}")

    def rate(self, query_id: str, useful: bool, comment: str = "") -> dict[str, Any]:
        """Say whether an answer was useful."""
        return self.call("POST", "/api/feedback", json={"query_id": query_id, "useful": useful, "comment": comment})

    def feedback(self, workspace: str | None = None, useful: bool | None = None, since: str | None = None) -> list[Any]:
        """Feedback on answers in workspaces that the caller manages, newest first."""
        wanted = without_none(workspace=workspace, useful=useful, since=since)
        found: list[Any] = self.call("GET", "/api/feedback", params=wanted)["feedback"]
        return found

    def make(self, kind: Kind, **fields: Any) -> dict[str, Any]:
        """Create a user, workspace, grant or key. A key's secret is returned only here."""
        return self.call("POST", f"/api/{kind}s", json=without_none(**fields))

    def every(self, kind: Kind) -> list[dict[str, Any]]:
        """All that the caller may see."""
        found: list[dict[str, Any]] = self.call("GET", f"/api/{kind}s")[f"{kind}s"]
        return found

    def remove(self, kind: Kind, name: str) -> dict[str, Any]:
        """Remove it by its name, a grant by its id."""
        return self.call("DELETE", f"/api/{kind}s/{name}")

    def audit_records(self, after: int = 0, about: str | None = None, **which: Any) -> list[Record]:
        """A page of the audit log after number `after`; for auditors. `which`: principal, since, until, kind."""
        found = self.call("GET", "/api/audit", params=without_none(after=after, about=about, **which))["records"]
        return [Record.model_validate(record) for record in found]

    def follow(self, after: int = 0, about: str | None = None, **which: Any) -> Iterator[Record]:
        """Records as they are written, without end."""
        wanted = without_none(after=after, about=about, follow=1, **which)
        for event in self.events("GET", "/api/audit", params=wanted):
            yield Record.model_validate(event.data)


def chat_body(question: str, options: dict[str, Any]) -> dict[str, Any]:
    """The body of /api/chat."""
    return {"question": question} | without_none(**options)


def key_header(key: str) -> dict[str, str]:
    """The header that makes a repeat find the first answer."""
    return {"Idempotency-Key": key} if key else {}
