"""Simulated people against a real server: candidates, the whole way of a demo, crash proofs, load."""
