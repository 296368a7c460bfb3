"""Multistage tests: panels of modules, the routes through them, and what they measure."""
