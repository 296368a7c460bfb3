"""Answer keys of the bank, in a table and a module of their own."""
