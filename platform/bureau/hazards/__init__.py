"""Red-line hazards (重大事故隐患): apart from every score, with an alarm at once and a countdown of their own."""
