"""Use cases of the canteen's books; nothing else queries or changes these tables."""
