"""Sittings handed over to servers at test sites, and brought home."""
