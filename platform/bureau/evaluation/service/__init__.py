"""Use cases of the evaluation; the only place that queries and changes its tables."""
