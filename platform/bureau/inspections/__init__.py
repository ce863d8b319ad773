"""Scored visits: planned by the bureau, filled on a phone, scored by the engine, shown to the school, compared."""
