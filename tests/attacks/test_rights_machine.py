"""Random sequences of rights given and taken, questions and rereadings, compared with a reference at every step.

`CLOISTER_MACHINE_STEPS` (3000 in CI, 300 else) says how many.
"""

import os
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from client import Http
from tests.attacks.rights_model import Given, Model, Paper
from tests.support.company import PASSWORD, Company, raw

STEPS = int(os.environ.get("CLOISTER_MACHINE_STEPS") or (3000 if os.environ.get("CLOISTER_REQUIRE_REAL") else 300))
EACH = 100
QUESTION = "What does the osprey report of the department say?"
WORKSPACES, PAPERS, PEOPLE, GROUPS = range(2), range(4), ("ann", "ben"), ("red", "blue")
ACTIONS = st.frozensets(st.sampled_from(["ask", "read", "summarise"]), min_size=1)
SECONDS = 1.0  # the promise

person, place, paper = st.sampled_from(PEOPLE), st.sampled_from(WORKSPACES), st.sampled_from(PAPERS)
holder = st.tuples(st.sampled_from(["person", "group"]), st.integers(0, 1))


class Rights(RuleBasedStateMachine):
    """One run on the shared company; it begins and ends with people in no group, and nothing granted or listed."""

    company: ClassVar[Company]
    callers: ClassVar[dict[str, Http]] = {}
    spaces: ClassVar[list[str]]
    papers: ClassVar[list[Paper]]

    @initialize()
    def begin(self) -> None:
        self.people = {name: f"{name}-machine" for name in PEOPLE}
        self.groups = {name: f"{name}-machine" for name in GROUPS}
        self.answers: list[tuple[str, str, set[str]]] = []
        papers = [Paper(one.id, one.workspace, one.canary) for one in self.papers]
        self.model = Model(papers, dict.fromkeys(self.people.values(), frozenset()))
        for name in set(self.people.values()) - self.callers.keys():
            self.company.admin.make("user", username=name, password=PASSWORD)
            self._sign_in(name)

    def teardown(self) -> None:
        if not hasattr(self, "model"):
            return
        for grant in self.model.given:
            self.company.admin.remove("grant", grant)
        for name, who in self.people.items():
            if who in self.model.locked:
                self.lock_or_unlock(name)
            if self.model.groups[who]:
                self.move(name, frozenset())
        for one in self.model.papers:
            if one.allow or one.deny:
                self._change(one, allow=[], deny=[])
            if one.withdrawn:
                self._post(f"documents/{one.id}/restore")

    @rule(who=holder, where=st.sampled_from([0, 1, "*"]), actions=ACTIONS, deny=st.booleans())
    def give(self, who: tuple[str, int], where: Any, actions: frozenset[str], deny: bool) -> None:
        workspace = "*" if where == "*" else self.spaces[where]
        given = Given(workspace, self._holder(who), actions, deny)
        made = self.company.admin.make("grant", workspace=workspace, to=given.to, actions=sorted(actions), deny=deny)
        self.model.given[made["grant_id"]] = given

    @rule(data=st.data())
    def take(self, data: st.DataObject) -> None:
        if self.model.given:
            grant = data.draw(st.sampled_from(sorted(self.model.given)))
            self.company.admin.remove("grant", grant)
            del self.model.given[grant]

    @rule(name=person, groups=st.frozensets(st.sampled_from(GROUPS)))
    def move(self, name: str, groups: frozenset[str]) -> None:
        mine = frozenset(self.groups[group] for group in groups)
        self.company.admin.call("PATCH", f"/api/users/{self.people[name]}", json={"groups": sorted(mine)})
        self.model.groups[self.people[name]] = mine

    @rule(name=person)
    def lock_or_unlock(self, name: str) -> None:
        who = self.people[name]
        act = "unlock" if who in self.model.locked else "lock"
        self._post(f"users/{who}/{act}")
        self.model.locked ^= {who}
        if act == "unlock":
            self._sign_in(who)

    @rule(n=paper, who=holder, field=st.sampled_from(["allow", "deny"]), empty=st.booleans())
    def list_readers(self, n: int, who: tuple[str, int], field: str, empty: bool) -> None:
        one, names = self.model.papers[n], [] if empty else [self._holder(who)]
        self._change(one, **{field: names})
        setattr(one, field, frozenset(names))

    @rule(n=paper)
    def withdraw_or_restore(self, n: int) -> None:
        one = self.model.papers[n]
        self._post(f"documents/{one.id}/{'restore' if one.withdrawn else 'withdraw'}")
        one.withdrawn = not one.withdrawn

    @rule(name=person)
    def search(self, name: str) -> None:
        who = self.people[name]
        self._settles(lambda: self._found(who), self.model.finds(who))

    @rule(name=person)
    def open_each(self, name: str) -> None:
        who = self.people[name]
        self._settles(lambda: self._opened(who), self.model.opens(who))

    @rule(name=person)
    def ask(self, name: str) -> None:
        who = self.people[name]
        self._settles(lambda: self._found(who), self.model.finds(who))
        reply = raw(self.callers[who], "POST", "/api/chat", json={"question": QUESTION})
        told = self._canaries(reply.text)
        assert told <= self.model.finds(who), "an answer tells what its asker may not see"
        if reply.status_code == 200:
            self.answers.append((who, reply.json()["query_id"], told))

    @rule(data=st.data())
    def read_again(self, data: st.DataObject) -> None:
        if not self.answers:
            return
        who, query, told = data.draw(st.sampled_from(self.answers))
        reply = raw(self.callers[who], "GET", f"/api/queries/{query}")
        allowed = self.model.finds(who)
        assert self._canaries(reply.text) <= allowed
        if not told <= allowed:
            assert reply.status_code in (401, 404)

    def _found(self, who: str) -> set[str]:
        body = {"question": QUESTION, "limit": 50, "leg": "bm25"}
        return self._canaries(raw(self.callers[who], "POST", "/api/search", json=body).text)

    def _opened(self, who: str) -> set[str]:
        paths = (f"/api/documents/{one.id}/content" for one in self.model.papers)
        return set().union(*(self._canaries(raw(self.callers[who], "GET", path).text) for path in paths))

    def _canaries(self, text: str) -> set[str]:
        return {one.canary for one in self.model.papers if one.canary in text}

    def _settles(self, look: Callable[[], set[str]], expected: set[str]) -> None:
        """At once as a rule; a change of a document's readers reaches the index in less than a second."""
        if (found := look()) != expected:
            Company.until(lambda: look() == expected or None, SECONDS), found

    def _holder(self, who: tuple[str, int]) -> str:
        kind, n = who
        names = self.people if kind == "person" else self.groups
        return f"{kind}:{list(names.values())[n]}"

    def _sign_in(self, who: str) -> None:
        self.callers[who] = Http(self.company.system.base)
        self.callers[who].login(who, PASSWORD)

    def _change(self, one: Paper, **lists: list[str]) -> None:
        self.company.admin.call("PATCH", f"/api/documents/{one.id}", json=lists)

    def _post(self, path: str) -> None:
        reply = raw(self.company.admin, "POST", f"/api/{path}")
        assert reply.status_code == 200, reply.text


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_sequence_of_changes_lets_anybody_see_what_they_may_not(cloister: Company) -> None:
    Rights.company, Rights.spaces = cloister, [cloister.workspace(f"machine{n}") for n in WORKSPACES]
    Rights.papers, Rights.callers = [], {}
    for n in PAPERS:
        workspace, canary = Rights.spaces[n % 2], f"canary{n}zebra"
        text = f"The osprey report of the department says {canary} and nothing else."
        Rights.papers.append(Paper(cloister.paper(workspace, f"{n}.md", text)["document_id"], workspace, canary))
    run_state_machine_as_test(
        Rights,
        settings=settings(
            max_examples=max(1, STEPS // EACH), stateful_step_count=EACH, deadline=None, database=None,
            suppress_health_check=list(HealthCheck), print_blob=True,
            phases=[Phase.generate],  # each try to shorten a failure would wait for the promise to be kept

        ),
    )  # fmt: skip
    written = [path for path in cloister.system.home.rglob("*") if path.suffix in (".log", ".jsonl", ".json")]
    assert not [path for path in written if b"zebra" in path.read_bytes()], "a log or trace holds what documents say"
