"""Whether the bank, as it is now, holds what a blueprint demands, and what is missing where."""
