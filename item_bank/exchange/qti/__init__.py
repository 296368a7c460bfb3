"""Items in and out as QTI: versions 2.1, 2.2 and 3.0 in, 3.0 and 2.1 out."""
