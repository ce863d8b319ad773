"""Framework agreements: lots, prices, balances, changes, signing, second stage."""
