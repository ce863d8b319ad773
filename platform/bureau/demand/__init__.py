"""What the schools need in a period: asked in rounds, filled per item and month, approved, gathered into lots."""
