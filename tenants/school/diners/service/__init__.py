"""Use cases of classes, pupils and counts of diners; nothing else queries or changes these tables."""
