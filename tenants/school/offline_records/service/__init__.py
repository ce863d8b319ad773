"""Use cases of records made without a network, one file each."""
