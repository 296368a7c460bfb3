"""A sample bank of original items on the basic and the advanced standard, and simulated pilot data for the basic part."""
