"""Answer keys of published forms; only marking may read them."""
