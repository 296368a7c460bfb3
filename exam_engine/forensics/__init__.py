"""After a sitting: what is unusual, for the board to look at; never evidence, never with a consequence."""
