"""Proofs that nothing acknowledged is lost and nothing counts twice, whatever breaks."""
