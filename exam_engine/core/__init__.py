"""Ground shared by every slice: settings, database, errors, language, web plumbing, jobs."""
