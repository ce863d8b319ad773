"""Licences that run out are told of in time, each step once. Nothing else depends on this job: whether a licence
holds is asked of its dates (service/standing.py)."""

from datetime import timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bureau.suppliers import labels, rules
from bureau.suppliers.models import BureauSupplier, LicenceAlarm, SupplierLicence
from bureau.suppliers.service.telling import tell_company, tell_officers
from kernel.actor import system_actor
from kernel.database import db, new_id, now
from kernel.policy.service import effective_numbers
from kernel.web.dates import day, today

FIGURES = ("supplier.licence.alarm_1", "supplier.licence.alarm_2", "supplier.licence.alarm_3")
LOOKED_BACK = timedelta(days=60)  # one that ran out longer ago was told of, or is no news any more


def steps(bureau_id: int) -> list[int]:
    return sorted({int(number) for number in effective_numbers(bureau_id, FIGURES).values()}, reverse=True)


def tell_of_expiry(bureau_id: int) -> int:
    """Gives how many alarms were told. Two runs at the same time tell each of them once."""
    actor = system_actor(bureau_id)
    at = today()
    reach = steps(bureau_id)
    query = (
        select(SupplierLicence, BureauSupplier)
        .join(
            BureauSupplier,
            (BureauSupplier.bureau_id == SupplierLicence.bureau_id)
            & (BureauSupplier.id == SupplierLicence.supplier_id),
        )
        .where(
            SupplierLicence.bureau_id == bureau_id, SupplierLicence.state == "approved",
            SupplierLicence.valid_until <= at + timedelta(days=max(reach)),
            SupplierLicence.valid_until >= at - LOOKED_BACK, BureauSupplier.state == "active",
        )
        .order_by(SupplierLicence.valid_until, SupplierLicence.id)
    )  # fmt: skip
    rows = db.session.execute(query).all()
    held = _approved(bureau_id, {supplier.id for _licence, supplier in rows})
    told = 0
    for licence, supplier in rows:
        assert licence.valid_until is not None
        one = rules.Held(licence.kind, licence.state, licence.valid_from, licence.valid_until)
        if any(rules.covers(newer, one, at) for newer in held[supplier.id]):
            continue
        step = rules.alarm_due(licence.valid_until, at, reach)
        if step is None or not _first(bureau_id, licence, step):
            continue
        told += 1
        name, kind = supplier.name, str(labels.LICENCES[licence.kind])
        if step == 0:
            title = _("%(licence)s已到期，相关品类已自动暂停：%(name)s", licence=kind, name=name)
        else:
            until = day(licence.valid_until)
            title = _("%(licence)s将于 %(until)s 到期：%(name)s", licence=kind, until=until, name=name)
        body = _("请尽快提交新证，核验后自动恢复。")
        tell_company(actor, supplier.id, "supplier_expiry", title, body)
        tell_officers(actor, supplier.id, "supplier_expiry", title)
    return told


def _first(bureau_id: int, licence: SupplierLicence, step: int) -> bool:
    """Whether this run is the one that tells; the database lets only one in."""
    row = insert(LicenceAlarm).values(
        bureau_id=bureau_id,
        id=new_id(),
        supplier_id=licence.supplier_id,
        licence_id=licence.id,
        days=step,
        sent_at=now(),
    )
    done = db.session.execute(row.on_conflict_do_nothing().returning(LicenceAlarm.id))
    return done.scalar() is not None


def _approved(bureau_id: int, supplier_ids: set[UUID]) -> dict[UUID, list[rules.Held]]:
    found: dict[UUID, list[rules.Held]] = {one: [] for one in supplier_ids}
    query = select(SupplierLicence).where(
        SupplierLicence.bureau_id == bureau_id, SupplierLicence.state == "approved",
        SupplierLicence.supplier_id.in_(supplier_ids),
    )  # fmt: skip
    for licence in db.session.scalars(query):
        one = rules.Held(licence.kind, licence.state, licence.valid_from, licence.valid_until)
        found[licence.supplier_id].append(one)
    return found
