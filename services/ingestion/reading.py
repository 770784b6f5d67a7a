"""One revision is read: its bytes, the parser's process, and what its row and its uploader learn."""

from services.ingestion.journey import Journey
from services.ingestion.pages import Unreadable
from services.ingestion.sandbox import parse
from services.ingestion.settings import IngestionSettings
from shared.bus import Bus, Delivery
from shared.errors import Refused, Unavailable
from shared.events import DocumentUploaded

# One less than the bus gives, so that the row knows before the message is gone.
ATTEMPTS = 4
GAVE_UP = "Reading it failed inside, more than once. Tell the operator, and upload it again later."


async def read_revision(
    uploaded: DocumentUploaded, journey: Journey, bus: Bus, message: Delivery, limits: IngestionSettings
) -> None:
    """Chunks or a rejection leave; what is down is waited for; what fails inside is told after the last attempt."""
    if not await journey.begin(uploaded):
        return
    try:
        found = await parse(await bus.get_object(uploaded.object), uploaded.title, limits)
        await journey.parsed(uploaded, found)
    except Unavailable:
        raise
    except (Unreadable, Refused) as refusal:
        await journey.rejected(uploaded, refusal.reason, refusal.error)
    except Exception:
        if message.attempt >= ATTEMPTS:
            await journey.rejected(uploaded, "gave_up", GAVE_UP)
        raise
