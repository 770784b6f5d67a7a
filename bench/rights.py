"""How soon a lost right ends what is open, and what admission costs. `python -m bench.rights 200`: trials of each kind.

A trial opens a stream that goes on for seconds, or a connection to the bus, takes one thing away, and measures until
it has ended. A 503 is waited for as its Retry-After says, and counted.
"""

import asyncio
import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.revocation import measured
from bench.system import system
from bench.tables import table
from infra.nats.keys import create_keys
from services.auth.accounts.repository import Accounts
from services.auth.accounts.user_rows import insert
from services.auth.admission import Admission
from services.auth.callers import Callers
from services.auth.credentials.tokens import Tokens
from services.auth.rights.quota import Quota
from services.auth.tables import outbox
from shared.events import Admit, Credential
from shared.security.keyring import Keyring, SigningKey
from shared.settings import Settings
from shared.sql.database import Database
from shared.sql.outbox import Outbox

TRIALS = 10  # of each kind; `python -m bench rights 200` for the figure that is claimed
ENGINE = "tests.support.extractive_engine:open_reader"


async def admission(people: int = 300, admitted: int = 2_000) -> float:
    """CPU milliseconds of one admission, signature included, with so many people."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        create_keys(home / "keys")
        async with Database.opened("auth", Settings(home=home)) as database:
            accounts = Accounts(database, Outbox(database, outbox, None))  # type: ignore[arg-type]
            async with accounts.changing("bench") as change:
                for n in range(people):
                    await insert(change, f"p{n}", "", [f"g{n % 20}"], [])
            key = SigningKey(home / "keys" / "auth.key")
            tokens = Tokens(key, Keyring(home / "keys" / "auth.pub"), 3600)
            admits = Admission(accounts, Callers(tokens), key, Quota(database))
            everybody = (await accounts.current()).people.values()
            given = [Credential(token=tokens.sign(person)) for person in everybody]
            until = datetime.now(UTC) + timedelta(minutes=5)
            began = time.process_time()
            for n in range(admitted):
                await admits.admit(Admit(query="0" * 32, credential=given[n % people], expires_at=until))
            return 1000 * (time.process_time() - began) / admitted


def main() -> None:
    """Prints two tables."""
    trials = int(sys.argv[1]) if len(sys.argv) == 2 and sys.argv[1].isdigit() else TRIALS
    head = ("what is taken", "trials", "p50 ms", "p99 ms", "most ms", "p99 from its reply", "503 waited for", "seconds")
    before = os.getloadavg()[0]
    with system(engine=ENGINE) as running:
        rows = asyncio.run(measured(running, trials))
    load = f"load {before:.0f} before, {os.getloadavg()[0]:.0f} after, on {os.cpu_count()} cores"
    table(f"From the call that takes a right until the stream or connection has ended ({load})", head, rows)
    cost = asyncio.run(admission())
    table("Admission", ("what", "people", "CPU ms"), [["through auth, signed", "300", f"{cost:.2f}"]])


if __name__ == "__main__":
    main()
