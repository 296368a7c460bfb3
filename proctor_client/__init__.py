"""The browser side: candidate, proctor, exam board and public verification."""
