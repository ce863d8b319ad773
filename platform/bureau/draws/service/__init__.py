"""Use cases: interests, a plan's schools, committing, drawing, publishing."""
