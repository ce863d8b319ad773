"""Of the company that a place stands for: a late delivery to the place's school, published, and objected to."""

from datetime import timedelta

from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import today
from school.supplier_scores.models import (
    SupplierFact,
    SupplierFactCount,
    SupplierFactObjection,
    SupplierFactRun,
    SupplierScore,
    SupplierScorePublication,
)
from school.supplier_scores.rules import CRITERIA
from school.supplier_scores.service.figures import figures_of
from tests.support.samples import Sample
from tests.support.samples.suppliers import acting_for


def _fact(world, place):
    officer = world.actor("procurement_officer", place[0])
    use_scope(db.session(), officer.scope)
    fact = SupplierFact(
        bureau_id=officer.bureau_id, id=new_id(), supplier_id=acting_for(world, place).own_supplier_id(),
        school_id=world.schools[place], school_name="演示学校", criterion="on_time", kind="delivery", source_id=new_id(),
        order_id=new_id(), label=f"DD-{place}", day=today(), is_kept=False, code="late",
        detail={"due": "07:30", "came": "09:00"}, since_run=1,
    )  # fmt: skip
    db.session.add_all([fact, _counted(fact)])
    _run(officer)
    db.session.flush()
    return fact


def _counted(fact):
    return SupplierFactCount(
        bureau_id=fact.bureau_id, supplier_id=fact.supplier_id, school_id=fact.school_id, school_name=fact.school_name,
        month=fact.day.replace(day=1), criterion=fact.criterion, kept=0, total=1,
    )  # fmt: skip


def _run(officer):
    if db.session.query(SupplierFactRun).filter_by(bureau_id=officer.bureau_id).first() is None:
        db.session.add(
            SupplierFactRun(
                bureau_id=officer.bureau_id, number=1, kind="gather", first_day=today() - timedelta(days=200),
                last_day=today(), totals={"on_time": [0, 1]}, created_by=officer.account_id,
            )
        )  # fmt: skip


def _publication(world, place):
    officer = world.actor("procurement_officer", place[0])
    use_scope(db.session(), officer.scope)
    count = db.session.query(SupplierScorePublication).filter_by(bureau_id=officer.bureau_id).count()
    row = SupplierScorePublication(
        bureau_id=officer.bureau_id, id=new_id(), first_day=today() - timedelta(days=200),
        last_day=today() - timedelta(days=20 + count), run=1, figures=figures_of(officer.bureau_id).as_json(),
        totals={name: [0, 0] for name in CRITERIA}, answer_until=today() + timedelta(days=3),
        published_by_name="演示", created_by=officer.account_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    db.session.add(
        SupplierScore(
            bureau_id=officer.bureau_id, publication_id=row.id, supplier_id=acting_for(world, place).own_supplier_id(),
            revision=0, run=1, counts={}, state="not_enough", facts_digest="0" * 64,
        )
    )  # fmt: skip
    db.session.flush()
    return row.id


def _objection(world, place):
    fact, supplier = _fact(world, place), acting_for(world, place)
    row = SupplierFactObjection(
        bureau_id=fact.bureau_id, id=new_id(), supplier_id=fact.supplier_id, fact_id=fact.id, reason="演示理由",
        objected_by_name="演示", created_by=supplier.account_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


SAMPLES = {
    "score_publication_id": Sample(_publication, owner="bureau"),
    "fact_objection_id": Sample(_objection, owner="bureau"),
    "own_fact_id": Sample(lambda world, place: _fact(world, place).id, owner="supplier"),
    "own_fact_objection_id": Sample(_objection, owner="supplier"),
    "new_fact_objection_id": Sample(lambda world, place: new_id(), owner="none"),
}
