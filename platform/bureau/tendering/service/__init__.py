"""Use cases of tendering, one file each."""
