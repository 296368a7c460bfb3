"""Near-duplicates over folded Vietnamese text, and items of the bank that stand in a document."""

from item_bank.quality.duplicates.folding import ItemText
from item_bank.quality.duplicates.index import DuplicateIndex, Match, Pair
from item_bank.quality.duplicates.leaks import Leak, find_leaks
from item_bank.quality.duplicates.similarity import DEFAULT_MINIMUM, Reason

__all__ = ["DEFAULT_MINIMUM", "DuplicateIndex", "ItemText", "Leak", "Match", "Pair", "Reason", "find_leaks"]
