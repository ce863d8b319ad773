"""The registry: bureau, zones (片区), schools with the profile that rules depend on, terms (学期)."""
