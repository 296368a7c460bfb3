"""Questions written as text, in Word and in plain files: which line is what, which option is right, and what is not."""
