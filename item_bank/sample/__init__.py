"""A sample bank of 240 original items on the basic standard, and simulated pilot data for it."""
