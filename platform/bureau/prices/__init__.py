"""What things cost: surveys of the market, and the price books that come of them."""
