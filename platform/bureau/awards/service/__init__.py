"""Use cases of awards, one file each: proposing, deciding, publishing, cancelling, the terms, reading."""
