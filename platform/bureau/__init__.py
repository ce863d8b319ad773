"""What the district runs: schools, people, catalogue, inspections."""
