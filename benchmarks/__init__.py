"""What a request costs: this service beside the same SQL by a bare function. `python -m benchmarks --help`."""
