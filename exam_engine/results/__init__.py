"""Marks, pass decisions, approval by a second person and release."""
