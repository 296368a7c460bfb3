"""Questions in Aiken, the plain text format of Moodle, described at https://docs.moodle.org/en/Aiken_format."""
