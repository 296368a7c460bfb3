"""The log of a sitting: what was done in it, row by row, chained by hashes and closed under a signed root."""
