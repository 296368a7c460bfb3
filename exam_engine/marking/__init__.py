"""Scoring of responses against the answer keys."""
