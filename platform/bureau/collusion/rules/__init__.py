"""Detectors of the six signs of Order 87, Art. 37, and of rotation. Pure. A sign is a question to a person: every one
carries what was found on each side and the method that found it; none is a verdict.
"""
