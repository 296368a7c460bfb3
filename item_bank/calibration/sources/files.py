"""A file of responses in whichever form its heading says."""

from collections.abc import Mapping

from item_bank.calibration.sources import long_file, matrix_file
from item_bank.calibration.sources.collected import Collected, KnownItem
from item_bank.calibration.sources.table import FileTable


def item_codes(table: FileTable) -> list[str]:
    """Return the codes of the items that a file speaks of."""
    return long_file.item_codes(table) if table.is_long else matrix_file.item_codes(table)


def encode(table: FileTable, known: Mapping[str, KnownItem]) -> Collected:
    """Turn a file into responses.

    Raises
    ------
    InvalidResponseFileError
    """
    return long_file.encode(table, known) if table.is_long else matrix_file.encode(table, known)
