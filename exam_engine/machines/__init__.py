"""Computers of exam rooms: what each one found of itself, before the day or while its candidate waits."""
