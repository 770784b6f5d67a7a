"""The sample ERP with its declarations, and rights to read it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from examples.erp.build import build
from services.connectors.declarations.loading import load
from services.connectors.declarations.sources import Declarations
from shared.events import Principal
from shared.security.capability import Right

ERP = Path(__file__).parents[3] / "examples" / "erp"
TODAY = date(2026, 11, 27)
NOW = datetime(2026, 11, 27, 9)


def right(*holders: str, through: tuple[str, ...] = (), workspaces: tuple[str, ...] = ("finance",)) -> Right:
    """Of somebody with these names, for the query `q`."""
    principal = Principal(id=holders[0], name=holders[0].partition(":")[2])
    until = datetime.now(UTC) + timedelta(minutes=1)
    return Right(
        principal=principal, workspaces=workspaces, actions=("ask",), query="q", holders=holders, through=through,
        expires_at=until,
    )  # fmt: skip


def declarations() -> Declarations:
    """As the sample company has them."""
    return load(ERP / "connectors.toml")


@pytest.fixture(scope="session")
def erp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the ERP's file and its declarations."""
    folder = tmp_path_factory.mktemp("erp")
    build(folder / "erp.db", TODAY)
    (folder / "connectors.toml").write_text((ERP / "connectors.toml").read_text(encoding="utf-8"), encoding="utf-8")
    return folder
