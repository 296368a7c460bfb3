"""A package for a server that is struck, or strikes what it needs, at one step of its work."""
