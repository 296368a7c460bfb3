"""QTI packages and items in and out."""
