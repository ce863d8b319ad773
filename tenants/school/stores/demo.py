"""Stock of the demo district."""

from flask import Flask

from bureau.demo.context import DemoContext


def demo(app: Flask, demo: DemoContext) -> None:
    pass
