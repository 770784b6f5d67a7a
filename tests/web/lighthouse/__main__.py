"""`make lighthouse`: performance and accessibility of the page, signed out and signed in; fails below 95."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx

from bench.system import PASSWORD as ADMIN_PASSWORD
from bench.system import System, system
from tests.support.company import PASSWORD, STAND_INS, Company
from tests.support.department import HOTEL, filled, staffed
from tests.web.conftest import CHROMIUM

HERE = Path(__file__).parent
LEAST = 95
SCORES = ("performance", "accessibility")
TIMES = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time")
FORMS: dict[str, list[str]] = {"phone": [], "desk": ["--preset=desktop"]}


def main() -> int:
    """A line for each view and form; 1 when a score is too low."""
    with system(**STAND_INS) as running:
        company = Company(running)
        alice = staffed(company, filled(company)).alice
        conversation = "0123456789abcdef"
        alice.call("POST", "/api/chat", json={"question": HOTEL, "conversation": conversation})
        asker, keeper = cookie(running, alice.me()["name"], PASSWORD), cookie(running, "admin", ADMIN_PASSWORD)
        views = [
            ("sign-in", "phone", "", ""), ("ask", "phone", "#/ask", asker),
            ("answer", "phone", f"#/ask/{conversation}", asker), ("answer", "desk", f"#/ask/{conversation}", asker),
            ("documents", "desk", "#/knowledge", keeper), ("people", "desk", "#/admin/people", keeper),
        ]  # fmt: skip
        low = [name for name, form, place, who in views if told(name, form, look(f"{running.base}/{place}", who, form))]
    return int(bool(low))


def told(name: str, form: str, scores: dict[str, Any]) -> bool:
    """Print it; whether a score is too low."""
    print(f"{name:10} {form:6}", *(f"{key} {value}" for key, value in scores.items()), sep="  ", flush=True)
    return any(scores[name] < LEAST for name in SCORES)


def cookie(running: System, name: str, password: str) -> str:
    """A browser session's."""
    reply = httpx.post(f"{running.base}/auth/login", json={"username": name, "password": password})
    reply.raise_for_status()
    return "; ".join(line.split(";")[0] for line in reply.headers.get_list("set-cookie"))


def look(url: str, who: str, form: str) -> dict[str, Any]:
    """Scores of 100, and times as Lighthouse says them, on its own slow network and processor."""
    with tempfile.TemporaryDirectory() as folder:
        report, headers = Path(folder, "report.json"), Path(folder, "headers.json")
        headers.write_text(json.dumps({"Cookie": who} if who else {}))
        command = [
            str(HERE / "node_modules" / ".bin" / "lighthouse"), url, "--quiet", "--output=json",
            f"--output-path={report}", f"--only-categories={','.join(SCORES)}", f"--extra-headers={headers}",
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu", *FORMS[form],
        ]  # fmt: skip
        subprocess.run(command, check=True, env=os.environ | {"CHROME_PATH": CHROMIUM})
        read = json.loads(report.read_text())
    scores = {name: round(100 * read["categories"][name]["score"]) for name in SCORES}
    return scores | {name: read["audits"][name]["displayValue"].replace("\xa0", " ") for name in TIMES}


if __name__ == "__main__":
    sys.exit(main())
