"""The cookies of a session and of a sign-in under way. Scripts cannot read them."""

from fastapi import Request, Response

# The prefix makes browsers insist on HTTPS (or loopback), on this host alone and on the path `/`.
SESSION = "__Host-cloister"
SIGN_IN = "__Host-cloister-sign-in"


def put(reply: Response, name: str, value: str, seconds: int) -> None:
    """Sent back to this host alone, also when a link elsewhere leads here, never with another site's request."""
    reply.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")


def drop(reply: Response, name: str) -> None:
    reply.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")


def given(request: Request, name: str) -> str:
    """Its value; nothing when it is missing or too long to be ours."""
    value = request.cookies.get(name, "")
    return value if len(value) <= 4096 else ""
