"""A package for a server that ends itself, as if killed, at one step of its work."""
