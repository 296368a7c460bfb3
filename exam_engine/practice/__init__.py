"""The sample exam, open to all: items of our own, marked without a login; nothing of it is stored."""
