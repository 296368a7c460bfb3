"""The files of a package, opened under limits."""

import io
import zipfile

from exam_engine.media.archives import Allowance, opened
from exam_engine.media.errors import InvalidMediaError
from exam_engine.media.limits import MEGABYTE
from item_bank.exchange.package.errors import Refusal, refusal

MOST_BYTES = 250 * MEGABYTE
_MOST_ENTRIES = 20_000
_MOST_UNPACKED = 600 * MEGABYTE
_ENTRY_MAGIC = b"PK\x01\x02"
_WHY = {"attachment_damaged": Refusal.DAMAGED, "attachment_encrypted": Refusal.ENCRYPTED}


class Archive:
    """One ZIP archive; nothing is unpacked before it is asked for."""

    def __init__(self, content: bytes) -> None:
        if len(content) > MOST_BYTES:
            raise refusal(Refusal.TOO_LARGE, megabytes=MOST_BYTES // MEGABYTE)
        # Counted before the list of entries is read, for each would become an object in memory.
        if content.count(_ENTRY_MAGIC) > _MOST_ENTRIES:
            raise refusal(Refusal.SUSPICIOUS)
        try:
            with opened(content, Allowance(_MOST_ENTRIES, _MOST_UNPACKED)):
                pass
        except InvalidMediaError as error:
            fault = error.faults[0]
            raise refusal(_WHY.get(fault.code, Refusal.SUSPICIOUS), fault.place) from error
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self._entries = {entry.filename: entry for entry in self._archive.infolist() if not entry.is_dir()}

    def __contains__(self, path: str) -> bool:
        return path in self._entries

    def read(self, path: str) -> bytes:
        """Return the bytes of a file that is there."""
        entry = self._entries[path]
        try:
            with self._archive.open(entry) as packed:
                # With the stated size given, an entry that holds more fails its checksum instead of filling memory.
                return packed.read(entry.file_size + 1)
        except Exception as error:
            # zipfile and the decompressors raise errors of many kinds on damaged data.
            raise refusal(Refusal.DAMAGED, path) from error
