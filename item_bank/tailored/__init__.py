"""Papers tailored to the candidate: personal forms, multistage tests, adaptive tests."""
