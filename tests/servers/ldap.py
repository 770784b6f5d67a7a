"""A real LDAP server for the tests: Debian's slapd with a company in it, on a free port of loopback."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.nats.server import free_port

BASE = "dc=example,dc=com"
MANAGER = f"cn=admin,{BASE}"
SECRET = "the directory's own"
PASSWORD = "a password in LDAP"
SCHEMA = Path("/etc/ldap/schema")
CONFIGURATION = """include {schema}/core.schema
include {schema}/cosine.schema
include {schema}/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {home}/pid
database mdb
suffix "{base}"
rootdn "{manager}"
rootpw "{secret}"
directory {home}/data
"""


@dataclass
class Ldap:
    """Its address, and its administrator's way to change it."""

    url: str

    def change(self, ldif: str) -> None:
        command = ["ldapmodify", "-x", "-H", self.url, "-D", MANAGER, "-w", SECRET]
        subprocess.run(command, input=ldif, text=True, check=True, capture_output=True)


def person(name: str, surname: str) -> str:
    return f"""dn: uid={name},ou=people,{BASE}
objectClass: inetOrgPerson
uid: {name}
cn: {name.title()} {surname}
sn: {surname}
mail: {name}@example.com
userPassword: {PASSWORD}
"""


def group(name: str, *members: str) -> str:
    lines = "".join(f"member: uid={one},ou=people,{BASE}\n" for one in members)
    return f"dn: cn={name},ou=groups,{BASE}\nobjectClass: groupOfNames\ncn: {name}\n{lines}"


def company() -> str:
    top = f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n"
    units = [f"dn: ou={unit},{BASE}\nobjectClass: organizationalUnit\nou: {unit}\n" for unit in ("people", "groups")]
    people = [person("lena", "Weber"), person("ming", "Zhao"), person("omar", "Haddad")]
    return "\n".join([top, *units, *people, group("finance", "lena"), group("procurement", "ming", "omar")])


@contextmanager
def ldap_server() -> Iterator[Ldap]:
    """Running, with three people in two groups."""
    with tempfile.TemporaryDirectory(prefix="cloister-ldap-") as folder:
        home, url = Path(folder), f"ldap://127.0.0.1:{free_port()}"
        (home / "data").mkdir()
        about = {"schema": SCHEMA, "home": home, "base": BASE, "manager": MANAGER, "secret": SECRET}
        (home / "slapd.conf").write_text(CONFIGURATION.format(**about))
        add = ["slapadd", "-f", str(home / "slapd.conf")]
        subprocess.run(add, input=company(), text=True, check=True, capture_output=True)
        process = subprocess.Popen(["slapd", "-d", "0", "-h", url, "-f", str(home / "slapd.conf")])
        try:
            _await(url, process)
            yield Ldap(url)
        finally:
            process.terminate()
            process.wait(10)


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while subprocess.run(["ldapwhoami", "-x", "-H", url], capture_output=True, check=False).returncode:
        assert process.poll() is None, "slapd ended"
        assert time.monotonic() < until, "slapd does not answer"
        time.sleep(0.05)
