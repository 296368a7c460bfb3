"""A certificate authority of one's own for a closed LAN, where no public one reaches."""

import ipaddress
import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CA_LIFETIME = timedelta(days=3650)
# Browsers refuse server certificates that are valid for longer than 398 days.
SERVER_LIFETIME = timedelta(days=397)
_RENEW_BEFORE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Where the authority's certificate and the server's key pair lie."""

    authority: Path
    certificate: Path
    key: Path


def lan_names() -> list[str]:
    """Return the names and addresses under which this machine may be reached in its network."""
    names = {"localhost", "127.0.0.1", socket.gethostname()}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket sends nothing; it only asks which own address would be used.
            probe.connect(("192.0.2.1", 9))
            names.add(probe.getsockname()[0])
        except OSError:
            pass  # no network at all: loopback names are enough
    return sorted(names)


def ensure_tls(folder: Path, names: list[str], *, now: datetime) -> TlsFiles:
    """Return a server certificate for the names, made or renewed when needed; the authority is made once."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = TlsFiles(folder / "authority.crt", folder / "server.crt", folder / "server.key")
    authority_key_file = folder / "authority.key"
    if not files.authority.exists() or not authority_key_file.exists():
        _make_authority(files.authority, authority_key_file, now)
    if not _is_current(files, names, now):
        _make_server_certificate(files, authority_key_file, names, now)
    return files


def _is_current(files: TlsFiles, names: list[str], now: datetime) -> bool:
    certificate = _whole_certificate(files)
    if certificate is None:
        return False
    covered = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    have = set(covered.get_values_for_type(x509.DNSName)) | {
        str(address) for address in covered.get_values_for_type(x509.IPAddress)
    }
    return set(names) <= have and certificate.not_valid_after_utc - now > _RENEW_BEFORE


def _whole_certificate(files: TlsFiles) -> x509.Certificate | None:
    """Return the server certificate if key and authority are its own: a crash or a lost file leaves parts of two."""
    try:
        certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
        key = serialization.load_pem_private_key(files.key.read_bytes(), None)
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(files.authority.read_bytes()))
    except (FileNotFoundError, ValueError, TypeError, InvalidSignature):
        return None
    return certificate if key.public_key() == certificate.public_key() else None


def _write_secret(file: Path, key: ec.EllipticCurvePrivateKey) -> None:
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(pem)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _make_authority(certificate_file: Path, key_file: Path, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"Exam engine local authority ({socket.gethostname()})"[:64])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + CA_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(is_authority=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write_secret(key_file, key)
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _make_server_certificate(files: TlsFiles, authority_key_file: Path, names: list[str], now: datetime) -> None:
    authority_key = serialization.load_pem_private_key(authority_key_file.read_bytes(), None)
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    if not isinstance(authority_key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{authority_key_file} holds no elliptic-curve key")
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(names[0][:64]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + SERVER_LIFETIME)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(is_authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    _write_secret(files.key, key)
    chain = certificate.public_bytes(serialization.Encoding.PEM) + authority.public_bytes(serialization.Encoding.PEM)
    files.certificate.write_bytes(chain)


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _key_usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
