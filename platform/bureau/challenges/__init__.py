"""询问、质疑、投诉: what a supplier holds against a tender, and the clocks that its answer must keep."""
