"""The bank's own file format: items, keys, stimuli and media in one archive, nothing lost."""
