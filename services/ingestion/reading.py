"""One revision is read: its bytes, the parser's process, and what its row and its uploader learn."""

from services.ingestion.journey import Journey
from services.ingestion.pages import Unreadable
from services.ingestion.sandbox import parse
from services.ingestion.settings import IngestionSettings
from services.ingestion.texts import packed
from shared.bus import Bus
from shared.errors import Later, Refused, Unavailable
from shared.events import DocumentUploaded

ATTEMPTS = 4
# Begun this often without an end: what died over it so often may have died of it.
DEATHS = 12
GAVE_UP = "Reading it failed inside, more than once. Tell the operator, and try it again later."


async def read_revision(uploaded: DocumentUploaded, journey: Journey, bus: Bus, limits: IngestionSettings) -> None:
    """Chunks or a rejection leave; what is down is waited for; what fails inside is told after the last attempt."""
    begun = await journey.begin(uploaded)
    if not begun:
        return
    try:
        if begun > DEATHS:
            raise Refused("gave_up", GAVE_UP)
        await _read(uploaded, journey, bus, limits)
    except Unavailable as error:
        await journey.postpone(uploaded)
        raise Later(5, error.error) from error
    except (Unreadable, Refused) as refusal:
        await journey.rejected(uploaded, refusal.reason, refusal.error)
    except Exception:
        if begun < ATTEMPTS:
            raise
        await journey.rejected(uploaded, "gave_up", GAVE_UP)
        raise


async def _read(uploaded: DocumentUploaded, journey: Journey, bus: Bus, limits: IngestionSettings) -> None:
    found = await parse(await bus.get_object(uploaded.object), uploaded.title, limits)
    text = await journey.place(uploaded)
    await bus.put_object(text, packed(found.chunks))
    await journey.parsed(uploaded, found, text)
