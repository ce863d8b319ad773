"""Use cases of the catalogue, one file each; nothing else queries or changes its tables."""
