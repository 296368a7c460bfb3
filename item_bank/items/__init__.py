"""Items of the bank: identity, immutable versions, keys kept apart, approval by a second person."""
