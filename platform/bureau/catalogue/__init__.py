"""The central catalogue: what schools may receive and order, with units, shelf life and required certificates."""
