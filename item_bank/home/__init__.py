"""What waits for one person: the first page of the board."""
