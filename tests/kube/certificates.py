"""One authority for a test's control plane, and what it vouches for."""

import datetime as dt
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LEAVES = {
    "apiserver": ("kube-apiserver", "", ("localhost", "kubernetes.default.svc")),
    "proxy": ("front-proxy", "", ("front-proxy",)),
    "admin": ("admin", "system:masters", ("admin",)),
    "keda": ("keda", "", ("localhost", "keda-metrics-apiserver.keda.svc", "keda-operator.keda.svc")),
}


def write(folder: Path) -> None:
    """`ca.crt`, and `<name>.crt` with `<name>.key` for each leaf; `sa.key` and `sa.pub` for service accounts."""
    folder.mkdir(parents=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("cloister-test-ca", "")
    extension = x509.BasicConstraints(ca=True, path_length=None)
    authority = _builder(name, name, key).add_extension(extension, critical=True).sign(key, hashes.SHA256())
    (folder / "ca.crt").write_bytes(authority.public_bytes(form.Encoding.PEM))
    for leaf, (common, organisation, hosts) in LEAVES.items():
        _leaf(folder, leaf, _name(common, organisation), hosts, (key, name))
    pair = ec.generate_private_key(ec.SECP256R1())
    _write_key(folder / "sa.key", pair)
    public = pair.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    (folder / "sa.pub").write_bytes(public)


def _leaf(
    folder: Path, leaf: str, name: x509.Name, hosts: tuple[str, ...], by: tuple[ec.EllipticCurvePrivateKey, x509.Name]
) -> None:
    own = ec.generate_private_key(ec.SECP256R1())
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    names = x509.SubjectAlternativeName([*map(x509.DNSName, hosts), here])
    uses = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    builder = _builder(name, by[1], own).add_extension(names, critical=False).add_extension(uses, critical=False)
    (folder / f"{leaf}.crt").write_bytes(builder.sign(by[0], hashes.SHA256()).public_bytes(form.Encoding.PEM))
    _write_key(folder / f"{leaf}.key", own)


def _builder(name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=5)).not_valid_after(now + dt.timedelta(days=2))
    )  # fmt: skip


def _name(common: str, organisation: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    parts += [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)] if organisation else []
    return x509.Name(parts)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    path.write_bytes(key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()))
    path.chmod(0o600)
