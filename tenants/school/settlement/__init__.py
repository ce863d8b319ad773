"""Monthly statements with suppliers: what was received, at which price, invoiced and agreed."""
