"""How well item response models fit: items, pairs of items, whole tests and candidates."""
