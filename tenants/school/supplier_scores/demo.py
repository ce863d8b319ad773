"""One period published of the show schools' deliveries, one objection upheld and one waiting.

The greengrocer has enough of them for a score (school.supply.demo_history); the butcher has not.
"""

from flask import Flask
from flask_babel import force_locale

from bureau.demo import MARK
from bureau.demo.context import DemoContext
from bureau.roles import Role
from kernel.database import clock_at, db, new_id
from kernel.database.scope import use_scope
from school.orders.demo import GREENS, Cast, cast_of
from school.supplier_scores.models import SupplierFact
from school.supplier_scores.service import gathering, objecting, publishing

PUBLISHED = -8  # days from today


def demo(app: Flask, demo: DemoContext) -> None:
    with force_locale("zh_CN"):
        _scored(cast_of(demo))
        db.session.commit()


def _scored(cast: Cast) -> None:
    officer = cast.demo.officer("bureau-procurement", Role.PROCUREMENT_OFFICER)
    with clock_at(cast.at(PUBLISHED, 20)):
        gathering.gather(officer)
        publishing.publish(officer, new_id(), cast.day(PUBLISHED))
    late = _fact(cast, "on_time")
    refused = _fact(cast, "rejected")
    company = cast.company(GREENS)
    with clock_at(cast.at(PUBLISHED + 1, 10)):
        reason = f"{MARK}：当日校门口道路封闭施工，车辆 7:10 已到，门卫登记为放行时间。"
        upheld = objecting.object_to(company, late.id, new_id(), reason)
    with clock_at(cast.at(PUBLISHED + 2, 15)):
        reason = f"{MARK}：拒收的 4 千克系卸货时被雨淋湿，装车照片显示叶片完好，请核实。"
        objecting.object_to(company, refused.id, new_id(), reason)
    officer = cast.demo.officer("bureau-procurement", Role.PROCUREMENT_OFFICER)
    with clock_at(cast.at(PUBLISHED + 3, 9)):
        decision = f"{MARK}：经学校核实，道路施工属实，不计入。"
        objecting.decide(officer, upheld.id, upheld.version, event="uphold", decision=decision)
    gathering.gather(officer)


def _fact(cast: Cast, criterion: str) -> SupplierFact:
    """The first that speaks against the greengrocer."""
    use_scope(db.session(), cast.demo.actor().scope)
    query = (
        db.select(SupplierFact)
        .where(
            SupplierFact.bureau_id == cast.demo.bureau_id, SupplierFact.supplier_id == cast.demo.suppliers[GREENS],
            SupplierFact.criterion == criterion, ~SupplierFact.is_kept, SupplierFact.until_run.is_(None),
        )
        .order_by(SupplierFact.day, SupplierFact.label)
    )  # fmt: skip
    return db.session.scalars(query.limit(1)).one()
