"""Use cases of dishes and menus, one file each; nothing else queries or changes these tables."""
