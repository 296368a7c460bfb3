"""Pictures of candidates and screens during a sitting: off unless a board decides otherwise, forgotten in time."""
