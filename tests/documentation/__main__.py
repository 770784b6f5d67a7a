"""`python -m tests.documentation`: writes every generated page and the snapshot of the contracts."""

from tests.documentation import asyncapi, contracts
from tests.documentation.pages import PAGES

contracts.SNAPSHOT.write_text(contracts.text())
asyncapi.PATH.write_text(asyncapi.text())
for page in PAGES:
    page.path.write_text(page.current())
