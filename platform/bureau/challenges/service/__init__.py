"""Use cases, one file each: filing (the supplier), handling (the bureau), complaints, reading, what shows elsewhere."""
