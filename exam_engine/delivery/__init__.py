"""Timed delivery: sealed papers, attempts and the response journal."""
