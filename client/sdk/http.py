"""Every HTTP door of Cloister as a method: `with Http(url, token) as cloister: print(cloister.ask("…").answer)`."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from client.sdk.documents import Documents
from client.sdk.models import Answer, Found
from client.sdk.transport import Heard, given
from shared.events import Kind, Leg, Record


class Http(Documents):
    """Refusals are raised as `client.Refused`; times are seconds."""

    def login(self, username: str, password: str) -> dict[str, Any]:
        """Sign in; later calls use the token."""
        signed = self.call("POST", "/api/login", json={"username": username, "password": password})
        self.token = signed["access_token"]
        return signed

    def sign_in_ways(self) -> list[str]:
        """How people may sign in: `password`, and `company` where there is an account of the company's."""
        return list(self.call("GET", "/auth/session")["ways"])

    def issuer(self) -> str:
        """Where the company's accounts sign in; empty when there are none."""
        return str(self.call("GET", "/auth/session").get("issuer", ""))

    def set_password(self, password: str, current: str = "", username: str = "") -> dict[str, Any]:
        """Another password for oneself, who then goes on with a new token; or, as an administrator, for somebody."""
        if username:
            return self.call("POST", f"/api/users/{username}/password", json={"password": password})
        signed = self.call("POST", "/api/me/password", json={"current": current, "password": password})
        self.token = signed["access_token"]
        return signed

    def logout(self, *, everywhere: bool = False, username: str = "") -> dict[str, Any]:
        """End this token, all of one's own, or, as an administrator, all of somebody's."""
        if username:
            return self.call("POST", f"/api/users/{username}/logout")
        return self.call("POST", "/api/logout", json={"everywhere": everywhere})

    def me(self) -> dict[str, Any]:
        """Who the caller is, and what they may where."""
        return self.call("GET", "/api/me")

    def ready(self) -> dict[str, str]:
        """What keeps Cloister from working, by part; empty when all is well."""
        with self.client.stream("GET", "/readyz") as response:
            response.read()
            problems: dict[str, str] = response.json()["problems"]
            return problems

    def ask(self, question: str, *, key: str = "", **wish: Any) -> Answer:
        """The whole answer. With `key` a repeat gets the first answer. `wish`: workspace(s), conversation, lane."""
        return Answer.model_validate(self.call("POST", "/api/chat", json=_chat(question, wish), headers=_key(key)))

    def stream(self, question: str, *, key: str = "", **wish: Any) -> Iterator[Heard]:
        """`progress`, `token` and `restart` (the text begins anew) as they come; the last is `answer`."""
        yield from self.events("POST", "/api/chat", json=_chat(question, wish) | {"stream": True}, headers=_key(key))

    def search(
        self,
        question: str,
        workspace: str | None = None,
        limit: int = 10,
        leg: Leg | None = None,
        workspaces: list[str] | None = None,
    ) -> list[Found]:
        """The passages alone; those that one `leg` finds, for measuring."""
        wanted = given(question=question, workspace=workspace, workspaces=workspaces, limit=limit, leg=leg)
        return [Found.model_validate(found) for found in self.call("POST", "/api/search", json=wanted)["passages"]]

    def named_queries(self, language: str = "zh") -> list[dict[str, Any]]:
        """Named queries of business data that the caller may use, with their parameters."""
        found: list[dict[str, Any]] = self.call("GET", "/api/data/queries", params={"language": language})["queries"]
        return found

    def run_query(self, name: str, parameters: dict[str, Any] | None = None, **wish: Any) -> dict[str, Any]:
        """Exact rows: `columns`, `rows`, `row_count`, `more`, `read_at`, `statement`. `wish`: workspace, language."""
        body = given(parameters=parameters or {}, **wish)
        return self.call("POST", f"/api/data/queries/{quote(name, safe='')}", json=body)

    def query(self, query_id: str) -> dict[str, Any]:
        """Its state, place in the queue and expected wait; the answer, once it is there."""
        return self.call("GET", f"/api/queries/{query_id}")

    def cancel(self, query_id: str) -> dict[str, Any]:
        """Nobody wants the answer any more."""
        return self.call("DELETE", f"/api/queries/{query_id}")

    def judge(self, query_id: str, useful: bool, comment: str = "") -> dict[str, Any]:
        """Was the answer useful?"""
        return self.call("POST", "/api/feedback", json={"query_id": query_id, "useful": useful, "comment": comment})

    def opinions(self, workspace: str | None = None, useful: bool | None = None, since: str | None = None) -> list[Any]:
        """What people thought of answers in workspaces that the caller manages, newest first."""
        wanted = given(workspace=workspace, useful=useful, since=since)
        found: list[Any] = self.call("GET", "/api/feedback", params=wanted)["feedback"]
        return found

    def make(self, kind: Kind, **fields: Any) -> dict[str, Any]:
        """A user, workspace, grant or key; a key's secret is told here and never again."""
        return self.call("POST", f"/api/{kind}s", json=given(**fields))

    def every(self, kind: Kind) -> list[dict[str, Any]]:
        """Those that the caller may see."""
        found: list[dict[str, Any]] = self.call("GET", f"/api/{kind}s")[f"{kind}s"]
        return found

    def remove(self, kind: Kind, name: str) -> dict[str, Any]:
        """By its name, a grant by its id."""
        return self.call("DELETE", f"/api/{kind}s/{name}")

    def audit_records(self, after: int = 0, about: str | None = None, **which: Any) -> list[Record]:
        """The audit log after number `after`, a page of it; for auditors. `which`: principal, since, until, kind."""
        found = self.call("GET", "/api/audit", params=given(after=after, about=about, **which))["records"]
        return [Record.model_validate(record) for record in found]

    def follow(self, after: int = 0, about: str | None = None, **which: Any) -> Iterator[Record]:
        """The same without end, as it is written."""
        wanted = given(after=after, about=about, follow=1, **which)
        for heard in self.events("GET", "/api/audit", params=wanted):
            yield Record.model_validate(heard.data)


def _chat(question: str, wish: dict[str, Any]) -> dict[str, Any]:
    return {"question": question} | given(**wish)


def _key(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key} if key else {}
