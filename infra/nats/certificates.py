"""Creates a certificate authority and a server certificate for the bus, for sites without a company CA."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# Nodes of a cluster show each other the same certificate, from either side.
USES = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
AUTHORITY, SERVER = timedelta(days=3650), timedelta(days=825)
RENEW_BEFORE = timedelta(days=90)


def make_certificates(keys: Path, names: tuple[str, ...]) -> None:
    """Create `tls/ca.pem`, and `tls/nats.pem` for these names and this machine, unless they are still valid."""
    folder = keys / "tls"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority, key = folder / "ca.pem", folder / "ca.key"
    if not authority.exists():
        _write(key, authority, *_signed("Cloister bus CA", AUTHORITY))
    server = folder / "nats.pem"
    if not server.exists() or not _holds(server, names):
        signer = form.load_pem_private_key(key.read_bytes(), None)
        assert isinstance(signer, ec.EllipticCurvePrivateKey)  # noqa: S101
        issuer = x509.load_pem_x509_certificate(authority.read_bytes())
        _write(folder / "nats.key", server, *_signed("nats", SERVER, names, (issuer, signer)))


def _holds(path: Path, names: tuple[str, ...]) -> bool:
    found = x509.load_pem_x509_certificate(path.read_bytes())
    known = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    used = found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    lasts = found.not_valid_after_utc > datetime.now(UTC) + RENEW_BEFORE
    return lasts and set(names) <= set(known.get_values_for_type(x509.DNSName)) and set(USES) <= set(used)


def _signed(
    name: str,
    life: timedelta,
    names: tuple[str, ...] = (),
    by: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None = None,
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by[0].subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + life)
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=0 if by is None else None), critical=True)
    )
    if names:
        loopback = (x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1")))
        alternatives = x509.SubjectAlternativeName([*map(x509.DNSName, names), *loopback])
        made = made.add_extension(alternatives, critical=False)
        made = made.add_extension(x509.ExtendedKeyUsage(USES), critical=False)
    return key, made.sign(by[1] if by else key, hashes.SHA256())


def _write(place: Path, certificate: Path, key: ec.EllipticCurvePrivateKey, made: x509.Certificate) -> None:
    secret = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    for path, text in ((place, secret), (certificate, made.public_bytes(form.Encoding.PEM))):
        path.unlink(missing_ok=True)
        path.touch(0o600)
        path.write_bytes(text)
