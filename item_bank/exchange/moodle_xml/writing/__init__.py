"""Writing Moodle XML: what each kind of item is in Moodle."""
