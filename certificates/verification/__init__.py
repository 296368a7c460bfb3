"""Public verification: keys, status list and the answer for one certificate."""
