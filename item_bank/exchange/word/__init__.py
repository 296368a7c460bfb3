"""Word files as a neutral stream of blocks: paragraphs, tables, pictures and formulas, no question logic."""
