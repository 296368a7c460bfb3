"""Which browsers may take a sitting: Safe Exam Browser with settings that the board made."""
