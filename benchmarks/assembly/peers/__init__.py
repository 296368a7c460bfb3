"""Other packages on the same problems; each module is a programme of its own, run in the peers' environment."""
