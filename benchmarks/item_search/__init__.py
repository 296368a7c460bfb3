"""Searching a bank of 50,000 items on both databases."""
