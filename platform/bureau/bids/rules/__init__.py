"""Pure rules of sealed bids: no Flask, no database."""
