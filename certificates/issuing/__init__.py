"""Issuing: from the approved results of a sitting to lines of the register and their files."""
