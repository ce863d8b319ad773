"""Pure: from the facts of a tender to its release, and what a schema validator would not see."""
