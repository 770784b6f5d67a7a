"""Decides an action in a workspace and names the deciding rule."""

from services.auth.accounts.directory import ACTIONS, EVERYWHERE, GRANTED_ALONE, App, Directory, Grant, Person
from shared.events import Action, Decision


def decisions(directory: Directory, who: Person | App, workspace: str) -> tuple[Decision, ...]:
    """One for each action."""
    return tuple(_decided(directory, who, workspace, action) for action in ACTIONS)


def locked(who: Person) -> tuple[Decision, ...]:
    """A locked account may nothing, whatever is granted."""
    why = f"{who.principal.id} is locked."
    return tuple(Decision(action=action, allowed=False, rule="locked", words=why) for action in ACTIONS)


def _decided(directory: Directory, who: Person | App, workspace: str, action: Action) -> Decision:
    allowed = workspace in directory.allowed(who, action)
    rule, words, grant = _rule(directory, who, workspace, action, allowed)
    return Decision(action=action, allowed=allowed, rule=rule, words=words, grant_id=grant.id if grant else None)


def _rule(
    directory: Directory, who: Person | App, workspace: str, action: Action, allowed: bool
) -> tuple[str, str, Grant | None]:
    named = [grant for grant in _about(directory, who, workspace) if action in grant.actions]
    denied = next((grant for grant in named if grant.deny), None)
    given = next((grant for grant in named if not grant.deny), None)
    if not allowed and denied:
        return "deny", f"{action} in {denied.workspace} is denied to {denied.to}.", denied
    if isinstance(who, App) and workspace not in who.workspaces:
        return "key", f"The key of {who.name} does not reach {workspace}.", None
    if allowed and isinstance(who, App) and action in who.scopes:
        return "key", f"The key of {who.name} has the scope {action} in {workspace}.", None
    if allowed and "admin" in who.roles and action not in GRANTED_ALONE:
        return "admin", f"{who.principal.id} has the role admin.", None
    if allowed and given:
        return "grant", f"{action} in {given.workspace} is granted to {given.to}.", given
    return "none", f"Nothing grants {action} in {workspace} to {', '.join(who.holders)}.", None


def _about(directory: Directory, who: Person | App, workspace: str) -> list[Grant]:
    named = (grant for grant in directory.grants.values() if grant.to in who.holders)
    inside = (grant for grant in named if grant.workspace in (workspace, EVERYWHERE))
    return sorted(inside, key=lambda grant: (who.holders.index(grant.to), grant.id))
