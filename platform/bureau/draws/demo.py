"""Drawn campaigns in the demo district: one drawn and under way, one only committed to."""

from datetime import timedelta
from uuid import UUID

from flask import Flask

from bureau.demo import MARK
from bureau.demo.context import DemoContext
from bureau.draws.service import campaign, drawing, interests
from bureau.draws.service.pools import Settings
from bureau.inspections.models import InspectionPlan
from bureau.inspections.service import planning
from bureau.roles import Role
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from scorecards import service as forms

INSPECTORS = tuple(f"inspector-{number}" for number in range(1, 9))
SCHOOLS = 24
SPAN_DAYS = 60


def demo(app: Flask, demo: DemoContext) -> None:
    session = db.session()
    use_scope(session, demo.actor().scope)
    _declare(demo)
    drawn = _plan(demo, "bureau-canteen", Role.CANTEEN_OFFICER, "canteen", "双随机食堂抽查", canteen=True)
    row = _commit(demo, "bureau-canteen", Role.CANTEEN_OFFICER, drawn, "演示：约定日期的体彩号码")
    drawing.reveal(demo.officer("bureau-canteen", Role.CANTEEN_OFFICER), row.id, "演示 3 1 4 1 5", row.version)
    session.commit()
    waiting = _plan(demo, "bureau-safety", Role.SAFETY_OFFICER, "safety", "双随机消防抽查", canteen=False)
    _commit(demo, "bureau-safety", Role.SAFETY_OFFICER, waiting, "")
    session.commit()


def _declare(demo: DemoContext) -> None:
    """Made by the inspectors themselves."""
    codes = [school.code for school in demo.district.schools]
    for username, code, kind, reason in (
        ("inspector-1", codes[-1], "former_school", f"{MARK}：三年前在该校任教"),
        ("inspector-3", codes[-2], "relative", f"{MARK}：近亲属在该校食堂工作"),
    ):
        person_id = demo.accounts[username]
        actor = demo.officer(username, Role.INSPECTOR)
        interests.declare(
            actor, id=new_id(), person_id=person_id, school_id=demo.schools[code], kind=kind, reason=reason,
            valid_from=demo.today, valid_until=demo.today + timedelta(days=365),
        )  # fmt: skip


def _plan(demo: DemoContext, username: str, role: Role, kind: str, title: str, *, canteen: bool) -> InspectionPlan:
    actor = demo.officer(username, role)
    version, _title = forms.published_versions(actor, kind)[0]
    plan = planning.create_plan(
        actor,
        id=new_id(),
        title=f"{MARK}·{title}",
        form_version_id=version.id,
        starts_on=demo.today,
        ends_on=demo.today + timedelta(days=SPAN_DAYS),
        note="名单和检查员由双随机抽取产生，不打招呼。",
        shares_sections=True,
        sampling={"windows": 3, "pupils": 5} if canteen else {"rooms": 5},
    )
    chosen = [school for school in demo.district.schools if not canteen or school.canteen_mode != "delivered"]
    campaign.add_schools(actor, plan, [demo.schools[school.code] for school in chosen[:SCHOOLS]])
    return plan


def _commit(demo: DemoContext, username: str, role: Role, plan: InspectionPlan, public_value: str) -> drawing.Draw:
    people: list[UUID] = [demo.accounts[name] for name in INSPECTORS]
    settings = Settings(
        strata={"high": "60%", "medium": "40%", "low": "20%"},
        inspector_ids=people,
        first_day=demo.today + timedelta(days=7),
        last_day=demo.today + timedelta(days=SPAN_DAYS),
        public_value=public_value,
    )
    return drawing.commit(demo.officer(username, role), plan.id, new_id(), settings)
