"""Use cases: gathering facts, publishing scores, objections, what everybody sees of them."""
