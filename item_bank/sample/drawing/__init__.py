"""The pictures and starting files of the sample bank, drawn and written by code."""
