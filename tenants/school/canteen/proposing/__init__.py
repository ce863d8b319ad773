"""Proposes a week of dishes: the checks first, then the cost, by mixed-integer programming. Pure; see solving.py."""
