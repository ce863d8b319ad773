"""Use cases of appeals, one file each: filing (the school), deciding (the bureau), reading, statistics."""
