"""Admits callers, signs people in, and runs administrators' commands."""

from collections.abc import AsyncIterator

from services.auth.accounts.repository import Accounts
from services.auth.context import AuthContext, make_first_administrator, open_context
from services.auth.directory.federation import federated
from services.auth.revocation.connections import Connections
from services.auth.rights.bans import apply_ban
from services.auth.settings import oidc_settings
from services.auth.tables import outbox
from shared.background import background
from shared.bus import Bus, Service
from shared.errors import Degraded
from shared.events import (
    Admit,
    AdmitOwner,
    Admitted,
    BanChanged,
    BeginSignIn,
    CompleteSignIn,
    Create,
    DescribeDirectory,
    DirectoryState,
    EndedElsewhere,
    EndSignIn,
    Explain,
    Explained,
    Item,
    Items,
    List,
    ListSignInWays,
    PasswordSet,
    Perform,
    PersonToken,
    Recognise,
    Remove,
    RenewSignIn,
    RightsRevoked,
    SessionHolder,
    SessionsOf,
    SetPassword,
    SignedIn,
    SignedOut,
    SignIn,
    SignInBegun,
    SignInEnded,
    SignInTokens,
    SignInWays,
    SignOut,
    TellServer,
    Unknown,
)
from shared.settings import settings
from shared.sql.database import Database
from shared.sql.outbox import Outbox

service = Service[AuthContext]("auth")


@service.lifespan
async def run(bus: Bus) -> AsyncIterator[AuthContext]:
    """Tables, keys, the first administrator, the issuer's directory, and the bus's own question who connects."""
    async with Database.opened("auth", settings()) as database:
        sending = Outbox(database, outbox, bus)
        accounts = Accounts(database, sending)
        await make_first_administrator(accounts)
        async with background(sending.relay()), federated(oidc_settings(), accounts) as federation:
            context = await open_context(accounts, federation, Connections(bus))
            service.callout = context.callout.answer
            yield context


@service.check("accounts")
async def readable() -> None:
    """The accounts can be read."""
    await service.context.accounts.current()


@service.check("issuer")
async def issuer_answers() -> None:
    """People who are signed in go on without Keycloak, so it keeps nobody from being ready."""
    federation = service.context.federation
    if federation and (problems := federation.problems()):
        raise Degraded(" ".join(problems[:5]))


@service.reply(Explain)
async def explain(request: Explain, context: AuthContext) -> Explained:
    return await context.explanation.explain(request)


@service.reply(Recognise)
async def recognise(request: Recognise, context: AuthContext) -> Unknown:
    return await context.explanation.recognise(request)


@service.reply(Admit)
async def admit(request: Admit, context: AuthContext) -> Admitted:
    return await context.admission.admit(request)


@service.reply(AdmitOwner)
async def admit_owner(request: AdmitOwner, context: AuthContext) -> Admitted:
    return await context.admission.admit_owner(request)


@service.reply(TellServer)
async def tell_server(request: TellServer, context: AuthContext) -> PersonToken:
    return context.person_tokens.sign(request)


@service.reply(SignIn)
async def sign_in(request: SignIn, context: AuthContext) -> SignedIn:
    return await context.sign_ins.sign_in(request)


@service.reply(ListSignInWays)
async def list_sign_in_ways(request: ListSignInWays, context: AuthContext) -> SignInWays:
    issuer = context.federation.settings.issuer if context.federation else ""
    return SignInWays(company=bool(issuer), issuer=issuer)


@service.reply(BeginSignIn)
async def begin_sign_in(request: BeginSignIn, context: AuthContext) -> SignInBegun:
    return await context.browser.begin(request)


@service.reply(CompleteSignIn)
async def complete_sign_in(request: CompleteSignIn, context: AuthContext) -> SignInTokens:
    return await context.browser.complete(request)


@service.reply(RenewSignIn)
async def renew_sign_in(request: RenewSignIn, context: AuthContext) -> SignInTokens:
    return await context.browser.renew(request)


@service.reply(EndSignIn)
async def end_sign_in(request: EndSignIn, context: AuthContext) -> SignInEnded:
    return await context.browser.end(request)


@service.reply(EndedElsewhere)
async def end_what_ended_elsewhere(request: EndedElsewhere, context: AuthContext) -> SignInEnded:
    return await context.browser.ended_elsewhere(request)


@service.reply(DescribeDirectory)
async def describe_directory(request: DescribeDirectory, context: AuthContext) -> DirectoryState:
    return await context.company.describe(request)


@service.reply(Create)
async def create(request: Create, context: AuthContext) -> Item:
    return await context.commands.create(request)


@service.reply(List)
async def tell(request: List, context: AuthContext) -> Items:
    return await context.commands.list(request)


@service.reply(Perform)
async def perform(request: Perform, context: AuthContext) -> Item:
    return await context.commands.perform(request)


@service.publishes(RightsRevoked)
@service.subscribe(RightsRevoked)
async def close_connections(event: RightsRevoked, context: AuthContext) -> None:
    """Every replica does: closing twice does no harm."""
    context.connections.hear(event)


@service.consume(BanChanged)
async def on_ban_changed(event: BanChanged, context: AuthContext) -> None:
    await apply_ban(context.accounts, event)


@service.reply(Remove)
async def remove(request: Remove, context: AuthContext) -> Item:
    return await context.commands.remove(request)


@service.reply(SetPassword)
async def set_password(request: SetPassword, context: AuthContext) -> PasswordSet:
    return await context.own_account.set_password(request)


@service.reply(SignOut)
async def sign_out(request: SignOut, context: AuthContext) -> SignedOut:
    return await context.own_account.sign_out(request)


@service.reply(SessionsOf)
async def sessions_of(request: SessionsOf, context: AuthContext) -> SessionHolder:
    return await context.own_account.sessions_of(request)
