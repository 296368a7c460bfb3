"""Calibration beside other Python packages, on data of known truth: ``python -m benchmarks.irt``."""
