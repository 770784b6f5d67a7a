"""TLS to the bus: with the authority that CLOISTER_NATS_CA names, from the first byte."""

import ssl
from typing import Any

from shared.errors import NotReady
from shared.settings import Settings


def context_of(settings: Settings) -> ssl.SSLContext | None:
    """None when the bus speaks without TLS."""
    if settings.nats_ca is None:
        return None
    try:
        return ssl.create_default_context(cafile=str(settings.nats_ca))
    except (OSError, ssl.SSLError) as error:
        words = f"CLOISTER_NATS_CA names {settings.nats_ca}, which is no certificate to read ({error})."
        raise NotReady(f"{words} Name the authority of the bus, or unset it.") from error


def options_of(settings: Settings) -> dict[str, Any]:
    """What `nats.connect` takes. TLS comes first: nobody in between can talk the client out of it."""
    context = context_of(settings)
    return {"tls": context, "tls_handshake_first": True} if context else {}
