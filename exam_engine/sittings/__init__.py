"""Exams, administrations, sittings, rooms and registered candidates."""
