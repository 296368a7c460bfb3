"""Measurements of speed and memory; each module runs by itself with ``python -m``."""
