"""A few papers of the demo district, issued the way an officer does."""

from flask import Flask
from sqlalchemy import select

from bureau.demo.context import DemoContext
from bureau.inspections.models import Inspection, InspectionPlan
from bureau.papers.service import issuing
from bureau.roles import Role
from kernel.database import db
from kernel.database.scope import use_scope
from kernel.errors import RuleBroken

VISITS = 4


def demo(app: Flask, demo: DemoContext) -> None:
    session = db.session()
    use_scope(session, demo.actor().scope)
    officer = demo.officer("bureau-canteen", Role.CANTEEN_OFFICER)
    visits = session.scalars(
        select(Inspection)
        .where(Inspection.bureau_id == demo.bureau_id, Inspection.released_at.is_not(None))
        .order_by(Inspection.id)
        .limit(VISITS)
    ).all()
    for visit in visits:
        for kind in issuing.OF_A_VISIT:
            try:
                issuing.issue_for_visit(officer, kind, visit.school_id, visit.id)
            except RuleBroken:
                continue  # a visit that lost nothing needs no notice
    published = session.scalars(
        select(InspectionPlan.id).where(
            InspectionPlan.bureau_id == demo.bureau_id, InspectionPlan.published_at.is_not(None)
        )
    ).first()
    if published is not None:
        issuing.issue_bulletin(officer, published)
    session.commit()
