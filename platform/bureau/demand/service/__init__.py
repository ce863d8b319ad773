"""Use cases of demand, one file each."""
