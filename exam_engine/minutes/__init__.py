"""The minutes of a room (biên bản coi thi): drawn up from what happened, signed on screen, sealed."""
