"""Moodle XML: the question bank of Moodle in one file, read and written."""
