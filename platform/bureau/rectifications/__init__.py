"""Rectification (整改): what a visit found is put right, proven, checked, and looked at again."""
