"""Comparing fairly: strictness of inspectors, calibrated scores, shared tiers, data-quality flags."""
