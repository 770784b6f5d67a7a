"""The gateway's OpenAPI document: what FastAPI finds in the routes, completed by security, errors and examples."""

from typing import Any

from fastapi import FastAPI


def document() -> dict[str, Any]:
    """The document of the gateway's routes alone."""
    # Here: the handlers install this document into the app.
    from services.gateway.handlers import install, service

    app = FastAPI(title="Cloister", version="0.1.0")
    app.include_router(service.routes)
    install(app)
    return app.openapi()
