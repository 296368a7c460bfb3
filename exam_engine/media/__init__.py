"""Pictures, sound and starting files, kept once each under the hash of their bytes."""
