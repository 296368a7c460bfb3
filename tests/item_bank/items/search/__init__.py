"""Tests of searching the bank."""
