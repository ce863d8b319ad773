"""Two of them in the demo district: last week's drill, secured by most schools, and a trace that came to nothing."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from bureau.demo import MARK
from bureau.demo.context import DemoContext
from bureau.roles import Role
from kernel.actor import Actor
from kernel.database import clock_at, db, new_id, now
from kernel.database.scope import use_scope
from school.recall.models import Recall, RecallPart
from school.recall.service import answering, lots, recalls
from school.recall.service.lots import Suspect
from school.supply.models import GoodsReceiptLine

DAYS_AGO = 6
UNSECURED = 1  # schools that have not answered


def demo(app: Flask, demo: DemoContext) -> None:
    officer = demo.officer("bureau-canteen", Role.CANTEEN_OFFICER)
    use_scope(db.session(), officer.scope)
    batches = _widest_lots(officer.bureau_id)
    if not batches:
        return
    begun = now() - timedelta(days=DAYS_AGO)
    with clock_at(begun):
        recall = _begin(officer, batches[0], f"{MARK}：每学期一次的召回演练", is_drill=True, seconds=34)
    with clock_at(begun + timedelta(seconds=9)):
        recalls.freeze_and_tell(officer, recall.id, recall.version)
    db.session.commit()
    _answer(demo, officer, recall)
    use_scope(db.session(), officer.scope)
    if len(batches) > 1:
        with clock_at(begun + timedelta(days=2)):
            other = _begin(officer, batches[1], f"{MARK}：供应商来电称标签可能印错", is_drill=False, seconds=50)
            recalls.drop(officer, other.id, other.version, "供应商书面确认标签无误，未通知学校。")
    db.session.commit()


def _widest_lots(bureau_id: int) -> list[str]:
    """Batch numbers that came to the most schools."""
    schools = func.count(GoodsReceiptLine.school_id.distinct())
    query = (
        select(GoodsReceiptLine.batch_no)
        .where(GoodsReceiptLine.bureau_id == bureau_id, GoodsReceiptLine.batch_no != "")
        .group_by(GoodsReceiptLine.batch_no)
        .order_by(schools.desc(), GoodsReceiptLine.batch_no)
        .limit(2)
    )
    return list(db.session.scalars(query))


def _begin(officer: Actor, batch_no: str, reason: str, *, is_drill: bool, seconds: int) -> Recall:
    found: list[Suspect] = lots.of_batch_no(officer, batch_no)
    return recalls.begin(
        officer, id=new_id(), trigger_kind="lot", trigger={"kind": "lot", "batch_no": batch_no},
        lots=[one.lot for one in found], reason=reason, is_drill=is_drill, begun_at=now() - timedelta(seconds=seconds),
        instructions="请按真实情况清点，十分钟内登记。" if is_drill else "",
    )  # fmt: skip


def _answer(demo: DemoContext, officer: Actor, recall: Recall) -> None:
    """All but the last of the schools lock the goods away within minutes."""
    use_scope(db.session(), officer.scope)
    parts = select(RecallPart.school_id).where(
        RecallPart.bureau_id == officer.bureau_id, RecallPart.recall_id == recall.id
    )
    told = recall.told_at or now()
    for place, school_id in enumerate(sorted(db.session.scalars(parts))[:-UNSECURED]):
        keeper = Actor(
            demo.accounts["school-store"], f"{MARK}保管员", "school", demo.bureau_id, school_id=school_id,
            roles=frozenset({Role.STOREKEEPER}),
        )  # fmt: skip
        use_scope(db.session(), keeper.scope)
        with clock_at(told + timedelta(seconds=70 + 41 * place)):
            part = answering.mark_seen(keeper, recall.id)
        with clock_at(told + timedelta(seconds=290 + 67 * place)):
            left = "，".join(f"{row['quantity']} {row['unit']}" for row in part.part["left"]) or "0"
            answering.secure(keeper, recall.id, part.version, found=left, words="已单独存放并贴封条。")
        db.session.commit()
