"""Prices of the demo district."""

from typing import Any


def demo(app: Any, demo: Any) -> None:
    pass
