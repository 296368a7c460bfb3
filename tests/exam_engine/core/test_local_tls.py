"""The local authority: browsers that trust it accept the server under all its names, and renewal keeps it so."""

import asyncio
import ssl
import stat
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from exam_engine.core.local_tls import SERVER_LIFETIME, TlsFiles, ensure_tls, lan_names
from exam_engine.core.time import utc_now

NAMES = ["127.0.0.1", "localhost", "may-chu"]
NOW = utc_now().replace(microsecond=0)


def make(folder: Path, *, names: list[str] | None = None, now: datetime = NOW) -> TlsFiles:
    return ensure_tls(folder, names or NAMES, now=now)


def server_certificate(files: TlsFiles) -> x509.Certificate:
    return x509.load_pem_x509_certificate(files.certificate.read_bytes())


async def shake_hands(files: TlsFiles, name: str, authority: Path) -> str:
    """Connect over loopback as a browser does that trusts only the given authority; returns the TLS version."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(files.certificate, files.key)
    trusting = ssl.create_default_context(cafile=str(authority))
    # What Python 3.13 asks for by default, and browsers long since.
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN

    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=serving) as server:
        port = server.sockets[0].getsockname()[1]
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting, server_hostname=name)
        version: str = writer.get_extra_info("ssl_object").version()
        writer.close()
    return version


@pytest.mark.parametrize("name", NAMES)
async def test_who_trusts_the_authority_trusts_the_server_under_each_name(name: str, tmp_path: Path) -> None:
    files = make(tmp_path)
    assert await shake_hands(files, name, files.authority) == "TLSv1.3"


async def test_another_name_and_another_authority_are_not_trusted(tmp_path: Path) -> None:
    files, others = make(tmp_path / "a"), make(tmp_path / "b")
    with pytest.raises(ssl.SSLCertVerificationError):
        await shake_hands(files, "may-khac", files.authority)
    with pytest.raises(ssl.SSLCertVerificationError):
        await shake_hands(files, "localhost", others.authority)


def test_keys_can_be_read_by_their_owner_only(tmp_path: Path) -> None:
    files = make(tmp_path / "tls")
    for key in (files.key, files.key.with_name("authority.key")):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700


def test_the_authority_may_sign_servers_but_no_further_authorities_and_the_server_signs_nobody(tmp_path: Path) -> None:
    files = make(tmp_path)
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    for certificate, is_authority in ((authority, True), (server_certificate(files), False)):
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        assert (constraints.ca, usage.key_cert_sign) == (is_authority, is_authority)
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0


def test_no_certificate_lasts_longer_than_browsers_accept(tmp_path: Path) -> None:
    certificate = server_certificate(make(tmp_path))
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc <= timedelta(days=398)


def contents(files: TlsFiles) -> tuple[bytes, bytes, bytes]:
    return files.authority.read_bytes(), files.certificate.read_bytes(), files.key.read_bytes()


def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    first = contents(make(tmp_path))
    assert contents(make(tmp_path, now=NOW + timedelta(days=1))) == first
    assert contents(make(tmp_path, names=["localhost"])) == first


def test_the_server_certificate_is_renewed_a_month_before_its_end_and_the_authority_stays(tmp_path: Path) -> None:
    authority, certificate, _ = contents(make(tmp_path))
    last_day = NOW + SERVER_LIFETIME - timedelta(days=30)
    assert contents(make(tmp_path, now=last_day - timedelta(seconds=1)))[1] == certificate
    renewed = make(tmp_path, now=last_day)
    assert contents(renewed)[0] == authority
    assert server_certificate(renewed).not_valid_after_utc == last_day + SERVER_LIFETIME


async def test_a_new_name_of_the_machine_gets_into_the_certificate(tmp_path: Path) -> None:
    authority, certificate, _ = contents(make(tmp_path))
    files = make(tmp_path, names=[*NAMES, "10.20.30.40", "may-chu-2"])
    assert contents(files)[0] == authority
    assert contents(files)[1] != certificate
    assert await shake_hands(files, "10.20.30.40", files.authority) == "TLSv1.3"


def lose_server_key(files: TlsFiles) -> None:
    files.key.unlink()


def lose_authority_key(files: TlsFiles) -> None:
    files.key.with_name("authority.key").unlink()


def mix_keys(files: TlsFiles) -> None:
    # What a crash between the writing of the two files leaves.
    files.key.write_bytes(files.key.with_name("authority.key").read_bytes())


def cut_key_short(files: TlsFiles) -> None:
    files.key.write_bytes(files.key.read_bytes()[:40])


def empty_certificate(files: TlsFiles) -> None:
    files.certificate.write_bytes(b"")


@pytest.mark.parametrize("damage", [lose_server_key, lose_authority_key, mix_keys, cut_key_short, empty_certificate])
async def test_files_that_do_not_belong_together_are_made_anew(
    damage: Callable[[TlsFiles], None], tmp_path: Path
) -> None:
    files = make(tmp_path)
    damage(files)
    files = make(tmp_path)
    assert await shake_hands(files, "localhost", files.authority) == "TLSv1.3"


def test_loopback_is_always_among_the_names_of_this_machine() -> None:
    names = lan_names()
    assert {"localhost", "127.0.0.1"} <= set(names)
    assert names == sorted(set(names))
