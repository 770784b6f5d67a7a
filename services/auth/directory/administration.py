"""Administrators' requests: the state of the directory, and a new synchronisation."""

from services.auth.accounts.repository import Accounts
from services.auth.admission import Admission
from services.auth.directory.federation import Federation
from services.auth.errors import require
from shared.errors import Refused
from shared.events import DescribeDirectory, DirectoryState

NONE = (
    "There are local accounts alone here. Set CLOISTER_ISSUER to a realm of Keycloak to bring the company's people in."
)


class CompanyDirectory:
    """`Refused` (404) while no CLOISTER_ISSUER is set."""

    def __init__(self, accounts: Accounts, admission: Admission, federation: Federation | None) -> None:
        self._accounts, self._admission, self._federation = accounts, admission, federation

    async def describe(self, request: DescribeDirectory) -> DirectoryState:
        """For administrators alone."""
        _, caller = await self._admission.present(request.credential)
        require(caller)
        if self._federation is None:
            raise Refused("no_company_sign_in", NONE, 404)
        if request.sync:
            await self._federation.read_again()
        return self._federation.state(await self._accounts.current())
