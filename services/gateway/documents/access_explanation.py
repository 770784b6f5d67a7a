"""Why somebody may read a document or not, rule by rule, in English and Chinese."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from services.gateway.documents.translations import ACTIONS, SENTENCES, STATUSES
from shared.events import AccessChecked, DocumentState, Explained

Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One step of the decision: `holds` or not, in words."""

    rule: str
    holds: bool
    words: str


class Verdict:
    """All of it, for one document and one person or system."""

    def __init__(self, explained: Explained, weighed: AccessChecked, language: Language) -> None:
        self._who, self._weighed, self._document = explained, weighed, weighed.document
        self._language: Language = language
        self._now = datetime.now(UTC)

    def body(self) -> dict[str, Any]:
        """As it is told: `finds` by asking and searching, `opens` the document itself."""
        rules = list(self._rules())
        lists = all(rule.holds for rule in rules if rule.rule in ("account", "deny", "allow"))
        finds = "ask" in self._who.actions and all(rule.holds for rule in rules)
        opens = "read" in self._who.actions and lists and (self._in_force(rules) or self._writes())
        told = [{"rule": rule.rule, "holds": rule.holds, "words": rule.words} for rule in rules]
        verdict = self._verdict(finds, opens, rules)
        return {"finds": finds, "opens": opens, "verdict": verdict, "rules": told}

    def _in_force(self, rules: Sequence[Rule]) -> bool:
        return all(rule.holds for rule in rules if rule.rule in ("withdrawn", "dates"))

    def _writes(self) -> bool:
        """Who looks after a workspace opens what is in force no more, or not yet."""
        return bool({"write", "manage"} & set(self._who.actions))

    def _verdict(self, finds: bool, opens: bool, rules: Sequence[Rule]) -> str:
        failed = [rule.words for rule in rules if not rule.holds]
        why = failed[0] if failed else self._say("no_ask")
        key = ("both" if opens else "finds") if finds else ("opens" if opens else "neither")
        return self._say(key, why=why)

    def _rules(self) -> Iterator[Rule]:
        yield self._account()
        if self._who.exists:
            yield Rule("names", True, self._say("names", names=", ".join(self._who.holders)))
            yield self._grant()
        yield from self._lists()
        withdrawn = self._document.withdrawn
        yield Rule("withdrawn", not withdrawn, self._say("withdrawn" if withdrawn else "not_withdrawn"))
        yield self._dates()
        yield self._status()

    def _account(self) -> Rule:
        several = self._who.principal.startswith(("group:", "role:"))
        key = ("members" if several else "account") if self._who.exists else "no_account"
        return Rule("account", self._who.exists, self._say(key))

    def _grant(self) -> Rule:
        given = [(one.to, self._acts(*one.actions), self._say("by_grant", id=one.grant_id)) for one in self._who.grants]
        if self._who.principal.startswith("app:") and {"ask", "read"} & set(self._who.actions):
            given.insert(0, (self._who.principal, self._acts("ask", "read"), self._say("by_key")))
        if "role:admin" in self._who.holders:
            given.append(("role:admin", self._acts("read", "write", "manage"), self._say("by_role")))
        told = [self._say("grant", to=to, actions=actions, by=by) for to, actions, by in given]
        told += [self._say("kept_out", to=one.to, actions=self._acts(*one.actions)) for one in self._who.denied]
        return Rule("grant", bool({"ask", "read"} & set(self._who.actions)), " ".join(told) or self._say("no_grant"))

    def _lists(self) -> Iterator[Rule]:
        denied, allowed = self._weighed.denied, self._weighed.allowed
        yield Rule("deny", not denied, self._say("denied" if denied else "not_denied", names=", ".join(denied)))
        key = "allowed" if allowed else "not_allowed" if self._weighed.limited else "all_allowed"
        yield Rule("allow", key != "not_allowed", self._say(key, names=", ".join(allowed)))

    def _dates(self) -> Rule:
        document = self._document
        if document.effective and document.effective > self._now:
            return Rule("dates", False, self._say("not_yet", effective=_date(document.effective)))
        if document.expires and document.expires <= self._now:
            return Rule("dates", False, self._say("no_more", expires=_date(document.expires)))
        return Rule("dates", True, self._say("in_force"))

    def _status(self) -> Rule:
        if self._document.status == "indexed":
            return Rule("status", True, self._say("indexed"))
        earlier = self._document.revision > 1
        return Rule("status", earlier, self._say("earlier" if earlier else "not_indexed"))

    def _acts(self, *actions: str) -> str:
        return "、".join(ACTIONS[one] for one in actions) if self._language == "zh" else ", ".join(actions)

    def _say(self, key: str, **more: object) -> str:
        document: DocumentState = self._document
        about = {"who": self._who.principal, "title": document.title, "workspace": document.workspace}
        status = STATUSES[document.status] if self._language == "zh" else document.status
        about |= {"revision": str(document.revision), "status": status}
        return SENTENCES[key][self._language == "zh"].format(**about | more)


def _date(moment: datetime | None) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M %Z") if moment else ""


def language(wanted: str | None, accepted: str) -> Language:
    """`zh` when it is asked for, or when the caller's first languages say so."""
    first = (wanted or accepted.split(",")[0]).strip().lower()
    return "zh" if first.startswith("zh") else "en"
