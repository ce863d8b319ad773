"""One composite of the demo district: the canteen inspection and the satisfaction survey."""

from datetime import timedelta
from decimal import Decimal

from flask import Flask
from sqlalchemy import select

from bureau.composites import service
from bureau.demo import MARK
from bureau.demo.context import DemoContext
from bureau.inspections.models import InspectionPlan, InspectionResult
from bureau.roles import Role
from bureau.surveys.models import Survey
from kernel.database import db, new_id
from kernel.database.scope import use_scope


def demo(app: Flask, demo: DemoContext) -> None:
    session = db.session()
    use_scope(session, demo.actor().scope)
    plan_id = session.scalar(
        select(InspectionPlan.id)
        .join(
            InspectionResult,
            (InspectionResult.bureau_id == InspectionPlan.bureau_id) & (InspectionResult.plan_id == InspectionPlan.id),
        )
        .where(InspectionPlan.bureau_id == demo.bureau_id, InspectionPlan.kind == "canteen")
        .limit(1)
    )
    form_version_id = session.scalar(select(Survey.form_version_id).where(Survey.bureau_id == demo.bureau_id).limit(1))
    if plan_id is None or form_version_id is None:
        return
    no_source = {"plan_id": None, "form_version_id": None, "first": None, "last": None}
    span = {"first": demo.today - timedelta(days=7), "last": demo.today + timedelta(days=14)}
    service.create(
        demo.officer("bureau-canteen", Role.CANTEEN_OFFICER),
        id=new_id(),
        title=f"{MARK}·食堂综合评价",
        missing="renormalise",
        parts=[
            {**no_source, "title": "食堂检查", "weight": Decimal(60), "plan_id": plan_id},
            {**no_source, "title": "满意度问卷", "weight": Decimal(40), "form_version_id": form_version_id, **span},
        ],
    )
    session.commit()
