"""Use cases: what anybody sees."""
