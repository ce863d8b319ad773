"""Use cases of sealed bids and their opening."""
