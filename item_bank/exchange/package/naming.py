"""Where things lie in the bank's own package, and how its contents name themselves."""

from typing import Final

CONTENTS: Final = "item-bank.json"
"""The file that lists items and stimuli."""

FORMAT: Final = "item-bank"
VERSION: Final = 1


def media_path(sha256: str) -> str:
    """Return where a medium lies: under its hash, without an ending, since its bytes say what it is."""
    return f"media/{sha256}"
