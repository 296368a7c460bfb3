"""From the facts of a certificate to its PDF: text, ornament, QR symbol."""
