"""Tests of the reader of questions in Word and plain text."""
