"""Exam engine: psychometrics, sittings, timed delivery, proctoring, marking and results."""
