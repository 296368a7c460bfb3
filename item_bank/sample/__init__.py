"""A sample bank of original items on both standards of skill, and simulated pilot data for its basic modules."""
