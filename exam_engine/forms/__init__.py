"""Published frozen test forms; answer keys are kept apart from content."""
