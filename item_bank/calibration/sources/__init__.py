"""Where the responses of a calibration come from: files in three forms, or the house's own sittings."""
