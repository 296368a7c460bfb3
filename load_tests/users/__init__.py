"""Simulated people for locust; nothing here may be imported where gevent has not patched the process."""
