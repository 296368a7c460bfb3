"""Views of the list of items that people keep under a name, for themselves or for all."""
