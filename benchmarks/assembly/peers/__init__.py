"""Other packages on the same problems; each ``run_…`` is a programme of its own for the environment of the peers."""
