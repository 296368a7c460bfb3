"""What a proctor sees and does during a sitting."""
