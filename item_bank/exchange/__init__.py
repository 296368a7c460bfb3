"""Items in and out of the bank as spreadsheet files."""
