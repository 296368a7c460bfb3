"""The certificate files: made from the register, kept under the data directory, checked by their hash."""

import asyncio
import hashlib
import secrets
from collections.abc import Sequence
from pathlib import Path

import structlog

from certificates.errors import CertificateFileError
from certificates.registry import queries
from certificates.registry.models import Certificate
from certificates.registry.snapshot import from_snapshot
from certificates.rendering.content import CertificateContent
from certificates.rendering.page import render_certificate
from exam_engine.core.db import Database

log = structlog.get_logger()

FOLDER = Path("certificates")


def render_all(contents: Sequence[CertificateContent]) -> list[bytes]:
    """Render several certificates; runs in another process."""
    return [render_certificate(content) for content in contents]


def file_of(data_dir: Path, certificate: Certificate) -> Path:
    """Return where the file of a certificate is kept."""
    return data_dir / FOLDER / str(certificate.register_year) / f"{certificate.public_id}.pdf"


def write_file(path: Path, content: bytes) -> str:
    """Put a file in its place in one step and return its SHA-256: readers see the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    temporary.write_bytes(content)
    temporary.replace(path)
    return hashlib.sha256(content).hexdigest()


async def certificate_pdf(database: Database, *, data_dir: Path, certificate: Certificate) -> bytes:
    """Return the PDF of a certificate, from its file or made again from the register.

    Raises
    ------
    CertificateFileError
        The file is gone and the page made now differs from the one that was first issued.
    """
    path = file_of(data_dir, certificate)
    kept = await asyncio.to_thread(_read_if_there, path)
    if kept is not None and hashlib.sha256(kept).hexdigest() == certificate.pdf_sha256:
        return kept
    if kept is not None:
        log.warning("certificate_file_damaged", public_id=certificate.public_id)
    made = await asyncio.to_thread(render_certificate, from_snapshot(certificate.printed))
    digest = hashlib.sha256(made).hexdigest()
    if certificate.pdf_sha256 is None:
        async with database.write() as session:
            await queries.set_file_hash(session, certificate.id, digest)
    elif digest != certificate.pdf_sha256:
        raise CertificateFileError(register_number=certificate.register_number)
    await asyncio.to_thread(write_file, path, made)
    return made


def _read_if_there(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
