"""Use cases of the canteen's day, one file each; nothing else queries or changes these tables."""
