"""Durable long work: a row with progress, run outside the event loop."""
