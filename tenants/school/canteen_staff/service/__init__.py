"""Use cases of the canteen's people and papers, one file each; nothing else queries or changes these tables."""
