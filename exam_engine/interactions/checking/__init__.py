"""Whether an item is whole: its content in itself, its key, and the key against the content."""

from exam_engine.interactions.checking.checks import ItemFault, check_item

__all__ = ["ItemFault", "check_item"]
