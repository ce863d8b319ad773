"""Scored forms: the form model, the scoring engine, the form doctor, import. Knows nothing of who inspects whom."""
