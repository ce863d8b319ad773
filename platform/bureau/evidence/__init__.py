"""Evidence that stands: an old photo handed in as new proof is found."""
