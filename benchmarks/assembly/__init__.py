"""Assembly and adaptive testing, measured: ``python -m benchmarks.assembly``."""
