"""Event streams to a whole province at once: how fast, at what cost of processor and memory."""
