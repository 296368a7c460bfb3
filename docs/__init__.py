"""The documentation; ``python -m docs.generate`` writes the pages that follow the code."""
