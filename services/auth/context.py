"""The context of auth, opened when the service starts."""

from dataclasses import dataclass

from services.auth.accounts.bootstrap import make_admin
from services.auth.accounts.commands.dispatch import AdminCommands
from services.auth.accounts.explanation import AccessExplainer
from services.auth.accounts.own_account import OwnAccount
from services.auth.accounts.repository import Accounts
from services.auth.admission import Admission
from services.auth.bus.bus_accounts import BusAccounts
from services.auth.bus.callout import Callout
from services.auth.bus.connection_limit import ConnectionLimit
from services.auth.callers import Callers
from services.auth.credentials.front_ends import parsed
from services.auth.credentials.login import SignIns
from services.auth.credentials.passwords import Passwords
from services.auth.credentials.person_tokens import PersonTokens
from services.auth.credentials.throttle import Throttle
from services.auth.credentials.tokens import Tokens
from services.auth.directory.administration import CompanyDirectory
from services.auth.directory.federation import Federation
from services.auth.oidc.browser_sign_in import BrowserSignIn
from services.auth.revocation.connections import Connections
from services.auth.rights.quota import Quota
from services.auth.rights.role_templates import SHIPPED, templates
from services.auth.settings import auth_settings
from shared.security.keyring import Keyring, SigningKey
from shared.settings import settings


@dataclass(frozen=True, slots=True)
class AuthContext:
    """What the handlers of auth use."""

    accounts: Accounts
    admission: Admission
    sign_ins: SignIns
    commands: AdminCommands
    explanation: AccessExplainer
    federation: Federation | None
    browser: BrowserSignIn
    own_account: OwnAccount
    connections: Connections
    company: CompanyDirectory
    callout: Callout
    person_tokens: PersonTokens


async def open_context(accounts: Accounts, federation: Federation | None, connections: Connections) -> AuthContext:
    """What the handlers use."""
    here, own = settings(), auth_settings()
    key, passwords = SigningKey(here.keys_dir / "auth.key"), Passwords()
    keys = Keyring(here.keys_dir / "auth.pub")
    tokens = Tokens(key, keys, int(own.auth_sign_in_hours * 3600))
    callers = Callers(tokens, federation, parsed(own.auth_front_ends))
    admission = Admission(accounts, callers, key, Quota(accounts.database))
    loosely = (own.auth_name_attempts, own.auth_address_attempts)
    throttle = Throttle(own.auth_free_attempts, own.auth_longest_wait, *loosely)
    sign_ins = SignIns(accounts, tokens, passwords, throttle)
    bus_accounts = BusAccounts(accounts, sign_ins, federation)
    connection_limit = ConnectionLimit(connections.holders, own.auth_bus_connections)
    callout = Callout(bus_accounts, here.keys_dir, own.auth_bus_seconds, connections.opened, connection_limit.take)
    commands = AdminCommands(accounts, admission, passwords, templates(own.auth_role_templates or SHIPPED), connections)
    explanation = AccessExplainer(accounts, admission)
    browser = BrowserSignIn(accounts, admission, federation)
    own_account = OwnAccount(accounts, admission, sign_ins, passwords, tokens)
    company = CompanyDirectory(accounts, admission, federation)
    return AuthContext(
        accounts,
        admission,
        sign_ins,
        commands,
        explanation,
        federation,
        browser,
        own_account,
        connections,
        company,
        callout,
        PersonTokens(key, keys),
    )


async def make_first_administrator(accounts: Accounts) -> None:
    """Before anybody else comes, from Keycloak or elsewhere: it is made while there has never been a user."""
    given = auth_settings().admin_password.get_secret_value()
    await make_admin(accounts, Passwords(), given, settings().home)
