"""Reading an export file that may be hostile: known members only, bounded lines, bounded content, nothing unpacked."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exam_engine.evidence.file_format import LARGEST_CONTENT, LONGEST_LINE, MEMBERS

_CHUNK = 256 * 1024
_LARGEST_DIRECTORY = 4096
_END, _END64, _LOCATOR64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"


class NotAnExportError(ValueError):
    """The file is no export of a sitting log, or breaks its bounds; ``code`` names the reason."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


class DamagedMemberError(ValueError):
    """A member ends early, does not fit its checksum, or holds a line that is too long; what came before was read."""


class ExportFile:
    """An open export file."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._left = LARGEST_CONTENT

    def lines(self, member: str) -> Iterator[bytes]:
        """Yield the lines of a member.

        Raises
        ------
        DamagedMemberError
        NotAnExportError
            All members together are too large.
        """
        rest = b""
        try:
            with self._archive.open(member) as source:
                while chunk := source.read(_CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise NotAnExportError("log_file_too_large", limit=LARGEST_CONTENT // 1024**3)
                    *complete, rest = (rest + chunk).split(b"\n")
                    yield from complete
                    if len(rest) > LONGEST_LINE:
                        raise DamagedMemberError(member)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise DamagedMemberError(member) from error
        if rest:
            yield rest


@contextmanager
def open_export(path: Path) -> Iterator[ExportFile]:
    """Open an export file.

    Raises
    ------
    NotAnExportError
    OSError
    """
    _check_directory(path)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
        raise NotAnExportError("log_file_no_zip") from error
    with archive:
        names = archive.namelist()
        if sorted(names) != sorted(MEMBERS):
            raise NotAnExportError("log_file_members", names=", ".join(name[:64] for name in names[:8]))
        for info in archive.infolist():
            if info.flag_bits & 1 or info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise NotAnExportError("log_file_packed_otherwise", name=info.filename)
        yield ExportFile(archive)


def _check_directory(path: Path) -> None:
    """Refuse a directory that could fill the memory: the library reads it whole."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 42))
        tail = file.read()
        end = tail[-22:]
        if len(end) < 22 or not end.startswith(_END) or end[20:22] != b"\0\0":
            raise NotAnExportError("log_file_no_zip")
        directory = struct.unpack("<L", end[12:16])[0]
        if tail[:4] == _LOCATOR64 and len(tail) == 42:
            file.seek(min(struct.unpack("<Q", tail[8:16])[0], size))
            record = file.read(56)
            if len(record) < 56 or not record.startswith(_END64):
                raise NotAnExportError("log_file_no_zip")
            directory = max(directory, struct.unpack("<Q", record[40:48])[0])
        if directory > _LARGEST_DIRECTORY:
            raise NotAnExportError("log_file_no_zip")
