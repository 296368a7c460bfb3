"""What may be examined: frameworks of modules and sections, as dated data."""
