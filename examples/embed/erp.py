"""A business system's page with Cloister inside of it. Try it with a local account:

CLOISTER_GATEWAY_EMBED=erp=http://localhost:8100 make run
.venv/bin/python examples/embed/erp.py http://127.0.0.1:8000 alice          # asks for her password; then open it
"""

import getpass
import json
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from client import Http

PAGE = """<!doctype html>
<html lang="en">
<title>ERP</title>
<main><h1>Orders</h1></main>
<script src="{home}/embed.js" data-key="erp" data-workspace="{workspace}" data-token-url="/cloister-token"
  data-mode="{mode}"></script>
</html>"""
# A strict policy of one's own holds: it names Cloister, and nothing else.
POLICY = (
    "default-src 'none'; script-src {home}; frame-src {home}; connect-src 'self'; require-trusted-types-for 'script'"
)


def server(home: str, port: int, token: Callable[[], str], workspace: str = "") -> ThreadingHTTPServer:
    """The ERP at `localhost:port`. `token` gives a short-lived token of who is signed in to the ERP.

    With Keycloak that is the person's access token, which the ERP's own client holds for them.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            mode = "kiosk" if self.path == "/kiosk" else "button"  # a screen in a hall shows nothing else
            self.say(PAGE.format(home=home, workspace=workspace, mode=mode), "text/html; charset=utf-8")

        def do_POST(self) -> None:
            # Only the ERP's own page may ask: browsers say where a request comes from.
            if self.path != "/cloister-token" or self.headers.get("Sec-Fetch-Site") != "same-origin":
                self.send_error(403)
                return
            self.say(json.dumps({"token": token()}), "application/json")

        def say(self, body: str, kind: str) -> None:
            self.send_response(200)
            for name, value in {"Content-Type": kind, "Content-Security-Policy": POLICY.format(home=home)}.items():
                self.send_header(name, value)
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    return ThreadingHTTPServer(("localhost", port), Handler)


def sign_in(home: str, username: str, password: str) -> str:
    """A local account's token."""
    person = Http(home)
    person.login(username, password)
    return str(person.token)


if __name__ == "__main__":
    cloister, person = sys.argv[1:3]
    secret = getpass.getpass(f"Password of {person}: ")
    running = server(cloister, 8100, lambda: sign_in(cloister, person, secret))
    print("open http://localhost:8100")
    running.serve_forever()
