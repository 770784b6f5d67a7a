"""Debian's rsyslogd receives the records over TLS, whole, in their order, with their structured data."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.system import free_port
from services.audit.delivery.destination import Forward
from services.audit.delivery.syslog import SyslogSender
from services.audit.log.follower import Follower
from tests.services.audit.test_delivery import certificate
from tests.support.audit_log import audit_log, event, until

pytestmark = pytest.mark.rsyslog
CONFIG = """
global(workDirectory="{folder}" defaultNetstreamDriverCAFile="{cert}" defaultNetstreamDriverCertFile="{cert}"
       defaultNetstreamDriverKeyFile="{key}" parser.escapeControlCharactersOnReceive="off" maxMessageSize="64k")
module(load="imtcp" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="anon")
input(type="imtcp" port="{port}" address="localhost")
template(name="fields" type="string" string="%pri%|%app-name%|%msgid%|%structured-data%|%msg%\\n")
action(type="omfile" file="{folder}/received" template="fields" asyncWriting="off")
"""


@contextmanager
def rsyslogd(folder: Path) -> Iterator[tuple[int, Path]]:
    """Its port and certificate; what it receives is in `folder/received`."""
    cert, key = certificate(folder)
    port, config = free_port(), folder / "rsyslog.conf"
    config.write_text(CONFIG.format(folder=folder, cert=cert, key=key, port=port))
    program = shutil.which("rsyslogd") or "/usr/sbin/rsyslogd"
    command = [program, "-n", "-f", str(config), "-i", str(folder / "pid")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=(folder / "errors").open("w")) as process:
        try:
            yield port, cert
        finally:
            process.terminate()


async def test_rsyslog_receives_every_record_over_tls(tmp_path: Path) -> None:
    async with audit_log(tmp_path) as log:
        with rsyslogd(tmp_path) as (port, cert):
            forward = Forward(name="siem", kind="syslog", host="localhost", port=port, ca_file=cert, format="cef")
            sender = SyslogSender(forward)
            follower = Follower("siem", log.database, log.reader, sender.send)
            running = asyncio.create_task(follower.run())
            await until(lambda: follower.started)
            bodies = [{"query": f'q"{n}]\\', "principal": {"id": "person:张伟"}} for n in range(300)]
            await log.add(*(event(n, body) for n, body in enumerate(bodies)))
            received = tmp_path / "received"
            await until(lambda: received.exists() and len(received.read_text().splitlines()) >= 300, 60)
            running.cancel()
            sender.close()
    lines = [line.split("|", 4) for line in received.read_text().splitlines()]
    assert [line[:3] for line in lines] == [["109", "cloister", "query.asked"]] * 300
    assert [f'seq="{n}"' in line[3] for n, line in enumerate(lines, 1)] == [True] * 300
    assert all('who="person:张伟"' in line[3] and "CEF:0|" in line[4] for line in lines)
    assert 'about="q\\"7\\]\\\\"' in lines[7][3]
