"""Orders in every state for the show schools, from the demo's agreements."""

from flask import Flask

from bureau.demo.context import DemoContext


def demo(app: Flask, demo: DemoContext) -> None:
    return
