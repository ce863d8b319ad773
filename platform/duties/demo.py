"""Duties of the demo district: a month back, so that board and history have something to show."""

from typing import Any

from flask import Flask


def demo(app: Flask, demo: Any) -> None:
    """Filled in below."""
