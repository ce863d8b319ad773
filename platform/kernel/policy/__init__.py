"""Legal and local figures with citation, dates and overrides."""
