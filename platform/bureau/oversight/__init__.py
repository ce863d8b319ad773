"""What the bureau watches over all its schools: figures and lists that the schools' modules publish to it."""
