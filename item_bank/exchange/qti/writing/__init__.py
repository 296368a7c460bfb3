"""QTI packages made of the bank's items."""
