"""Protects `/metrics`: loopback, or a token."""

import hmac

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

WORDS = (
    "Figures are for this machine, or for who sends `Authorization: Bearer` with CLOISTER_METRICS_TOKEN. "
    "Set it, and tell it to Prometheus."
)
PASSED_ON = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


def figures(request: Request, token: str) -> Response:
    """Prometheus' text, or 401."""
    given = request.headers.get("authorization", "").partition(" ")[2].strip()
    if not _here(request) and not (token and hmac.compare_digest(given.encode(), token.encode())):
        refusal = {"error": WORDS, "reason": "unauthenticated"}
        return JSONResponse(refusal, 401, {"WWW-Authenticate": "Bearer"})
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _here(request: Request) -> bool:
    """From this machine, and not passed on for somebody else."""
    peer = request.client.host if request.client else ""
    return peer in ("127.0.0.1", "::1") and not any(name in request.headers for name in PASSED_ON)
