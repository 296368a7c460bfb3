"""Quality of items: flaws of writing and near-duplicates; pure, without web and database."""
