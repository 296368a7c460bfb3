"""Formats of Safe Exam Browser: its files, the keys made from them, the hashes it sends. No web, no database."""
