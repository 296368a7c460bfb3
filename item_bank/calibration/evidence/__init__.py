"""What the answers say about a calibration: figures that a board reads before it puts parameters in force."""
