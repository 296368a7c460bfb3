"""How items are asked, answered and scored: content without keys, keys, responses, scoring; pure."""
