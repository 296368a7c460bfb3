"""Questions in GIFT, the text format of Moodle, described at https://docs.moodle.org/en/GIFT_format."""
