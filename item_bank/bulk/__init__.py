"""Changing tags, levels and syllabus references of many drafts at once."""
