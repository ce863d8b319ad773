"""Use cases of goods receipts, one file each; nothing else queries or changes these tables."""
