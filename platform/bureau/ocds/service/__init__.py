"""Use cases: gather what is public of a tender, append a release, export."""
