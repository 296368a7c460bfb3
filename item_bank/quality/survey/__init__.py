"""A survey of many items at once: flaws by rule, near-duplicates, what only shows over a module."""
