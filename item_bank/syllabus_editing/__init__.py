"""The syllabus as a board works on it: names, sources, dates, order, successors, spreadsheets, history."""
