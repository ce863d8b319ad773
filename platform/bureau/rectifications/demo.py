"""Demo rectifications: most of the older ones are done, some wait in every state, some are late."""

import random
from datetime import datetime, timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from bureau.appeals.demo import principals_of
from bureau.demo import SEED
from bureau.demo.context import DemoContext
from bureau.demo.pictures import demo_photo
from bureau.inspections.models import InspectionPlan
from bureau.rectifications.models import Rectification
from bureau.rectifications.service import checking, rechecking, replying
from bureau.roles import Role
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope

SHARES = (("close", 0.72), ("accepted", 0.08), ("replied", 0.07), ("sent_back", 0.03), ("extension", 0.03))
MOST = 260  # the rest stays open: a demo is also waited for
DONE = (
    "已清理并每日检查，责任到人。",
    "已更换损坏部件，列入每周检修。",
    "已补齐记录，由食品安全员每日签字。",
    "已培训相关人员并张贴操作要求。",
)


def demo(app: Flask, demo: DemoContext) -> None:
    session = db.session()
    use_scope(session, demo.actor().scope)
    rng = random.Random(f"rectifications:{SEED}")
    principals = principals_of(demo)
    officer = Actor(
        demo.accounts["bureau-canteen"], "局食堂专员", "bureau", demo.bureau_id,
        roles=frozenset({str(Role.CANTEEN_OFFICER)}),
    )  # fmt: skip
    picture = demo_photo("整改后", rng)
    found = list(
        db.session.scalars(
            select(Rectification)
            .where(Rectification.bureau_id == demo.bureau_id, Rectification.state == "open")
            .order_by(Rectification.due_on, Rectification.id)
            .limit(MOST)
        )
    )
    for one in found:
        principal = principals.get(one.school_id)
        step = _drawn(rng)
        if principal is not None and step:
            _carry_out(demo, one, principal, officer, step, picture, rng)
    session.commit()
    _look_again(demo, officer)
    session.commit()


def _drawn(rng: random.Random) -> str:
    left = rng.random()
    for step, share in SHARES:
        left -= share
        if left < 0:
            return step
    return ""


def _carry_out(
    demo: DemoContext,
    one: Rectification,
    principal: Actor,
    officer: Actor,
    step: str,
    picture: bytes,
    rng: random.Random,
) -> None:
    session = db.session()
    use_scope(session, principal.scope)
    if step == "extension":
        replying.ask_extension(
            principal, one.id, extension_id=new_id(), reason="配件需要定制，预计两周到货。",
            wanted_until=one.due_on + timedelta(days=14),
        )  # fmt: skip
        use_scope(session, demo.actor().scope)
        return
    before = one.before_photos[0] if one.before_photos else None
    replying.add_photo(principal, one.id, new_id(), picture, name="整改后.jpg", before_id=_uuid(before))
    cost = rng.choice((None, None, 8000, 26000, 150000))
    at = min(
        one.opened_at + timedelta(days=rng.randint(1, 4), hours=rng.randint(1, 6)), datetime.now(one.opened_at.tzinfo)
    )
    replying.reply(
        principal, one.id, one.version, reply_id=new_id(), text=rng.choice(DONE), cost_fen=cost, at=at
    )  # fmt: skip
    use_scope(session, demo.actor().scope)
    if step == "sent_back":
        checking.send_back(officer, one.school_id, one.id, one.version, "照片看不出整改位置，请从同一角度重拍。",
                           demo.today + timedelta(days=5))  # fmt: skip
    elif step in ("accepted", "close"):
        checking.accept(officer, one.school_id, one.id, one.version)
    if step == "close":
        checking.close(officer, one.school_id, one.id, one.version)


def _look_again(demo: DemoContext, officer: Actor) -> None:
    """A draw in the plan with most accepted ones; the first drawn is found not fixed."""
    use_scope(db.session(), demo.actor().scope)
    plan = db.session.scalar(
        select(InspectionPlan)
        .join(
            Rectification,
            (Rectification.bureau_id == InspectionPlan.bureau_id) & (Rectification.plan_id == InspectionPlan.id),
        )
        .where(InspectionPlan.bureau_id == demo.bureau_id, Rectification.state == "accepted")
        .limit(1)
    )
    if plan is None:
        return
    made = rechecking.draw(officer, plan.id, new_id(), public_value="演示 2026134 期 07 12 19", share=60)
    first = db.session.scalar(
        select(Rectification).where(Rectification.bureau_id == demo.bureau_id, Rectification.id == _uuid(made.drawn[0]))
    )
    if first is not None:
        rechecking.record(
            officer, first.school_id, first.id, first.version, fixed=False, remark="现场复查，原问题仍在。"
        )  # fmt: skip


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None
