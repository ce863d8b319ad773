"""Dishes, recipes, menus and their nutrition."""
