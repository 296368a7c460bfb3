"""Certificates: issuing, the register, signed documents and public verification."""
