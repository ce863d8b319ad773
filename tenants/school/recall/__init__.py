"""From a lot, a certificate, a dish or a meal to everything that it touches."""
