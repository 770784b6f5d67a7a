"""Auth's edges: admit, sign in, and the administrators' create, list and remove."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated

from services.auth.accounts.admin_commands import Acts
from services.auth.accounts.bootstrap import make_admin
from services.auth.accounts.explanation import Explaining
from services.auth.accounts.repository import Accounts
from services.auth.admission import Admission
from services.auth.bus.bus_accounts import Outside
from services.auth.bus.callout import Callout
from services.auth.credentials.login import SignIns
from services.auth.credentials.passwords import Passwords
from services.auth.credentials.throttle import Throttle
from services.auth.credentials.tokens import Tokens
from services.auth.directory.federation import Federation, federated
from services.auth.settings import auth_settings, oidc_settings
from services.auth.tables import outbox
from shared.bus import Bus, Depends, Service
from shared.capability import private_key
from shared.database import Database
from shared.errors import Degraded
from shared.events import (
    Admit,
    Admitted,
    Create,
    Explain,
    Explained,
    Item,
    Items,
    List,
    Recognise,
    Remove,
    SignedIn,
    SignIn,
    Unknown,
)
from shared.outbox import Outbox
from shared.settings import settings

service = Service("auth")


@service.lifespan
async def run(bus: Bus) -> AsyncIterator[None]:
    """Tables, keys, the first administrator, and the bus's own question who connects."""
    here = settings()
    database = Database("auth", here)
    await database.migrate()
    sending = Outbox(database, outbox, bus)
    accounts = Accounts(database, sending)
    relaying = asyncio.create_task(sending.relay())
    async with federated(oidc_settings(), accounts) as federation:
        await open_rooms(accounts, federation)
        yield
    relaying.cancel()
    with suppress(asyncio.CancelledError):
        await relaying
    await database.close()


async def open_rooms(accounts: Accounts, federation: Federation | None) -> None:
    """Put what the handlers need into the service's state."""
    here, own = settings(), auth_settings()
    key, passwords = private_key(here.keys_dir / "auth.key"), Passwords()
    await make_admin(accounts, passwords, own.admin_password.get_secret_value(), here.home)
    tokens = Tokens(key, int(own.auth_sign_in_hours * 3600))
    admission = Admission(accounts, tokens, key, federation)
    loosely = (own.auth_name_attempts, own.auth_address_attempts)
    throttle = Throttle(own.auth_free_attempts, own.auth_longest_wait, *loosely)
    sign_ins = SignIns(accounts, tokens, passwords, throttle)
    service.state |= {"accounts": accounts, "admission": admission, "sign_ins": sign_ins}
    service.state["federation"] = federation
    service.state["acts"] = Acts(accounts, admission, passwords)
    service.state["explaining"] = Explaining(accounts, admission)
    service.callout = Callout(Outside(accounts, sign_ins, federation), here.keys_dir, own.auth_bus_seconds).answer


@service.check("accounts")
async def readable() -> None:
    await service.state["accounts"].current()


@service.check("issuer")
async def issuer_answers() -> None:
    """People who are signed in go on without Keycloak, so it keeps nobody from being ready."""
    federation: Federation | None = service.state["federation"]
    if federation and (problems := federation.problems()):
        raise Degraded(" ".join(problems[:5]))


async def open_admission() -> Admission:
    admission: Admission = service.state["admission"]
    return admission


async def open_sign_ins() -> SignIns:
    sign_ins: SignIns = service.state["sign_ins"]
    return sign_ins


async def open_acts() -> Acts:
    acts: Acts = service.state["acts"]
    return acts


async def open_explaining() -> Explaining:
    explaining: Explaining = service.state["explaining"]
    return explaining


@service.answers(Explain)
async def explain(request: Explain, explaining: Annotated[Explaining, Depends(open_explaining)]) -> Explained:
    return await explaining.explain(request)


@service.answers(Recognise)
async def recognise(request: Recognise, explaining: Annotated[Explaining, Depends(open_explaining)]) -> Unknown:
    return await explaining.recognise(request)


@service.answers(Admit)
async def admit(request: Admit, admission: Annotated[Admission, Depends(open_admission)]) -> Admitted:
    return await admission.admit(request)


@service.answers(SignIn)
async def sign_in(request: SignIn, sign_ins: Annotated[SignIns, Depends(open_sign_ins)]) -> SignedIn:
    return await sign_ins.sign_in(request)


@service.answers(Create)
async def create(request: Create, acts: Annotated[Acts, Depends(open_acts)]) -> Item:
    return await acts.create(request)


@service.answers(List)
async def tell(request: List, acts: Annotated[Acts, Depends(open_acts)]) -> Items:
    return await acts.list(request)


@service.answers(Remove)
async def remove(request: Remove, acts: Annotated[Acts, Depends(open_acts)]) -> Item:
    return await acts.remove(request)
