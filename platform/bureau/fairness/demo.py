"""What the demo district's visits say of its inspectors, and what deserves a look."""

from datetime import timedelta

from flask import Flask

from bureau.demo.context import DemoContext
from bureau.fairness.service import estimating, flagging
from kernel.database import db
from kernel.database.scope import use_scope
from scorecards.form import KINDS

SPAN = timedelta(days=60)


def demo(app: Flask, demo: DemoContext) -> None:
    session = db.session()
    actor = demo.actor()
    use_scope(session, actor.scope)
    for kind in KINDS:
        estimating.estimate(actor, kind, demo.today)
    flagging.flag_visits(actor, demo.today - SPAN, demo.today)
    session.commit()
