"""Bringing files of items into the bank: speed and memory by format and size."""
