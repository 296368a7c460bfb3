"""Review of items: comments, checklists and verdicts, assignment, readable differences, the item's whole history."""
