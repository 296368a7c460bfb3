"""Versions of blueprints: every saved statement is kept, compared, brought back and reused."""
