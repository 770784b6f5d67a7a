"""`python -m services.gateway.http.openapi`: the gateway's OpenAPI, from which the page's types are made."""

import json
import sys

from fastapi import FastAPI

from services.gateway.handlers import install, service
from shared.security.privacy import keep_private


def document() -> dict[str, object]:
    """The OpenAPI document of the gateway's routes alone."""
    app = FastAPI(title="Cloister", version="0")
    app.include_router(service.routes)
    install(app)
    return app.openapi()


if __name__ == "__main__":
    keep_private()
    json.dump(document(), sys.stdout, ensure_ascii=False, indent=1)
