"""Certificate files: kept, checked, and made again exactly as they were."""

import hashlib
from pathlib import Path

import pytest

from certificates.errors import CertificateFileError
from certificates.issuing.files import certificate_pdf, file_of
from certificates.registry import queries
from certificates.registry.models import Certificate
from exam_engine.core.db import Database
from tests.certificates.register import issue, prepare


async def reread(database: Database, certificate: Certificate) -> Certificate:
    async with database.read() as session:
        found = await queries.find_certificate(session, certificate.id)
    assert found is not None
    return found


async def test_the_first_request_makes_the_file_and_keeps_its_hash(database: Database, tmp_path: Path) -> None:
    [made] = await issue(database, tmp_path, await prepare(database, ["Ya Ly"]))
    pdf = await certificate_pdf(database, data_dir=tmp_path, certificate=made)
    assert pdf.startswith(b"%PDF-")
    assert file_of(tmp_path, made).read_bytes() == pdf
    assert (await reread(database, made)).pdf_sha256 == hashlib.sha256(pdf).hexdigest()


async def test_a_lost_or_damaged_file_is_made_again_byte_for_byte(database: Database, tmp_path: Path) -> None:
    [made] = await issue(database, tmp_path, await prepare(database, ["Ya Ly"]))
    original = await certificate_pdf(database, data_dir=tmp_path, certificate=made)
    certificate = await reread(database, made)
    path = file_of(tmp_path, certificate)
    for damage in (path.unlink, lambda: path.write_bytes(original[:-100]), lambda: path.write_bytes(b"")):
        damage()
        assert await certificate_pdf(database, data_dir=tmp_path, certificate=certificate) == original
        assert path.read_bytes() == original


async def test_a_page_that_would_differ_from_the_original_is_not_handed_out(database: Database, tmp_path: Path) -> None:
    [made] = await issue(database, tmp_path, await prepare(database, ["Ya Ly"]))
    await certificate_pdf(database, data_dir=tmp_path, certificate=made)
    certificate = await reread(database, made)
    file_of(tmp_path, certificate).unlink()
    certificate.printed = {**certificate.printed, "holder_name": "Ka Hồng"}
    with pytest.raises(CertificateFileError):
        await certificate_pdf(database, data_dir=tmp_path, certificate=certificate)
    assert not file_of(tmp_path, certificate).exists()
