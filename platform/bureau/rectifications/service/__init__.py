"""Use cases of rectification, one file each: opening (by what a result says), replying (the school), checking (the
bureau's desk), rechecking (on site), reading (lists)."""
