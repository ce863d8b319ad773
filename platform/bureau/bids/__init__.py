"""投标与开标: bids sealed in the bidder's own browser, the officers who can open them together, the opening."""
