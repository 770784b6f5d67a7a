"""Compares two snapshots of the accounts and lists who lost which rights."""

from collections.abc import Iterator

from services.auth.accounts.directory import ACTIONS, App, Directory, Person
from shared.events import Action, Loss

TOGETHER = 500  # losses of one event, which must stay below the bus's 1 MB


def losses(before: Directory, after: Directory) -> tuple[Loss, ...]:
    """One for each principal that may less than before, or is somebody else now; one for sessions that ended."""
    found = (_loss(who, before, after) for who in _touched(before, after))
    ended = tuple(f"session:{one}" for one in sorted(after.ended_sessions - before.ended_sessions))
    over = (Loss(principal="", credentials=ended),) if ended else ()
    return (*(loss for loss in found if loss), *over)


def _touched(before: Directory, after: Directory) -> Iterator[Person | App]:
    """Those whose own account differs, or whom a grant that differs names."""
    names = {grant.to for grant in (set(before.grants.values()) ^ set(after.grants.values()))}
    everybody = bool(before.workspaces.keys() - after.workspaces.keys())
    everyone: list[Person | App] = [*before.people.values(), *before.apps.values()]
    for who in everyone:
        if everybody or after.find(who.principal.id) != who or names & set(who.holders):
            yield who


def _loss(who: Person | App, before: Directory, after: Directory) -> Loss | None:
    now = after.find(who.principal.id)
    if now is None or _identity(now) != _identity(who):
        return Loss(principal=who.principal.id, everything=True)
    lost = {action: gone for action in ACTIONS if (gone := _less(who, now, before, after, action))}
    ended = tuple(sorted(_credentials(who) - _credentials(now)))
    return Loss(principal=who.principal.id, lost=lost, credentials=ended) if lost or ended else None


def _identity(who: Person | App) -> tuple[object, ...]:
    """Documents let in and keep out by these: joining a group may close one, too."""
    return (who.uid if isinstance(who, Person) else who.bus, who.groups, who.roles)


def _less(who: Person | App, now: Person | App, before: Directory, after: Directory, action: Action) -> tuple[str, ...]:
    had, has = before.allowed(who, action), after.allowed(now, action)
    if action == "ask":
        # Who may only sum up from now on has lost asking: what is on its way would be quoted.
        had, has = had | before.allowed(who, "summarise"), has | _summed(who, before, now, after)
    return tuple(sorted(had - has))


def _summed(who: Person | App, before: Directory, now: Person | App, after: Directory) -> frozenset[str]:
    """Where summing up was all they might before, and still is."""
    alone = before.allowed(who, "summarise") - before.allowed(who, "ask")
    return alone & after.allowed(now, "summarise")


def _credentials(who: Person | App) -> set[str]:
    return {f"key:{key.id}" for key in (who.secrets if isinstance(who, App) else who.keys)}
