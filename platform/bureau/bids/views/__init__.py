"""Pages: a supplier's bids, the officers' keys and openings, the public list of hashes."""

from bureau.bids.views import bidding, openings, public
from bureau.bids.views.blueprint import blueprint

__all__ = ["bidding", "blueprint", "openings", "public"]
