"""Blueprints on paper: the matrix and the specification as Vietnamese boards know them, for Word, PDF and Excel."""
