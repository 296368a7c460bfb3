"""A package whose servers believe in a clock that a test can set."""
