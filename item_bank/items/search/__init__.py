"""Search of the bank: what people type, the words of items, one answer from both databases."""
