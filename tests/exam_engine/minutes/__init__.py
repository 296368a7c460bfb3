"""Tests of the minutes of rooms."""
