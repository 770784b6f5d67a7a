"""Security headers of the page: nothing from outside, no foreign script."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors {ancestors}; require-trusted-types-for 'script'; trusted-types cloister"
)
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
UNCHANGING = "public, max-age=31536000, immutable"
ASKED_EACH_TIME = "no-cache"


def page_headers(ancestors: str = "'none'") -> dict[str, str]:
    """Of a page; `ancestors` are the origins that may frame it."""
    return {"Content-Security-Policy": POLICY.format(ancestors=ancestors), **SAFE}
