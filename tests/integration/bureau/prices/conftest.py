"""Whoever works on prices in the test world, and a clock that can be moved on."""

from datetime import timedelta

import pytest

from kernel.web import dates
from tests.support.catalogue import stock

READ_THE_DAY = ("reading", "books", "objecting", "clock", "surveys", "reporting")


@pytest.fixture
def drafter(world):
    return world.actor("procurement_officer")


@pytest.fixture
def approver(world):
    return world.actor("bureau_admin")


@pytest.fixture
def reporter(world):
    return world.actor("teacher")


@pytest.fixture
def stocked(acting, drafter):
    return stock(acting(drafter))


@pytest.fixture
def later(monkeypatch):
    """`later(8)`: from here on it is eight days later than it was when the test began."""
    import importlib

    real, real_now = dates.today, importlib.import_module("kernel.database").now

    def move(days):
        for name in READ_THE_DAY:
            module = importlib.import_module(f"bureau.prices.service.{name}")
            monkeypatch.setattr(module, "today", lambda: real() + timedelta(days=days))
            if hasattr(module, "now"):
                monkeypatch.setattr(module, "now", lambda: real_now() + timedelta(days=days))

    return move
