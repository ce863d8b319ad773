"""定标: who wins a lot, by whose decision and when; the notice, and a letter to every bidder."""
