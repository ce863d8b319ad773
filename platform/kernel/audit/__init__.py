"""Who changed what, when: append-only, sealed in hash-chained blocks."""
