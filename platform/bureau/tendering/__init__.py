"""招标: a tender from its draft to its end, and what the world is told of it."""
