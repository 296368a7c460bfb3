"""The log of a sitting as a file that anybody can check without the server: export, verification, proofs."""
