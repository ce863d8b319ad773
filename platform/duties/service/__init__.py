"""Use cases: (actor, …) → result."""
