"""Tests of changing many items."""
