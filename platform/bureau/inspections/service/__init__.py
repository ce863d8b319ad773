"""Use cases of inspections, one file each: planning, visits (filling and submitting), results, comparison."""
