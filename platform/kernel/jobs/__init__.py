"""Background work with progress and a result to fetch."""
