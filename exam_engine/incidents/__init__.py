"""What went wrong in a room, and what follows for candidates who broke the rules."""
