"""Steps in the life of items, kept for each item in a table and a module of their own."""
