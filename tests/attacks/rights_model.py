"""What somebody may see, in the shortest words: the reference that the running system is compared with."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Given:
    """A grant, or a denial."""

    workspace: str
    to: str
    actions: frozenset[str]
    deny: bool = False


@dataclass
class Paper:
    """A document with its own lists; `canary` is the word that is in no other."""

    id: str
    workspace: str
    canary: str
    allow: frozenset[str] = frozenset()
    deny: frozenset[str] = frozenset()
    withdrawn: bool = False


@dataclass
class Model:
    """`groups` by person; nothing of a person who is `locked` counts."""

    papers: list[Paper]
    groups: dict[str, frozenset[str]] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)
    given: dict[str, Given] = field(default_factory=dict)

    def names(self, person: str) -> frozenset[str]:
        return frozenset({f"person:{person}", *(f"group:{group}" for group in self.groups[person])})

    def may(self, person: str, action: str, workspace: str) -> bool:
        about = [
            one
            for one in self.given.values()
            if one.to in self.names(person) and action in one.actions and one.workspace in (workspace, "*")
        ]
        return person not in self.locked and bool(about) and not any(one.deny for one in about)

    def allows(self, person: str, paper: Paper) -> bool:
        names = self.names(person)
        return not paper.withdrawn and not paper.deny & names and (not paper.allow or bool(paper.allow & names))

    def finds(self, person: str) -> set[str]:
        """The canaries that a search may show."""
        return self._canaries(person, "ask")

    def opens(self, person: str) -> set[str]:
        """The canaries of documents that may be opened."""
        return self._canaries(person, "read")

    def _canaries(self, person: str, action: str) -> set[str]:
        return {
            paper.canary
            for paper in self.papers
            if self.may(person, action, paper.workspace) and self.allows(person, paper)
        }
