"""Writing items and stimuli in the browser: checking, trying, saving, superseding."""
