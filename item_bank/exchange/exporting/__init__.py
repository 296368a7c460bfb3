"""Items leaving the bank: as files that come home, and on paper."""
