"""Who hears of a published score, of an objection, and of what became of it."""

from collections.abc import Iterable
from uuid import UUID

from flask_babel import gettext as _

from bureau.suppliers.service.telling import tell_company, tell_officers
from kernel.actor import Actor
from school.supplier_scores import labels
from school.supplier_scores.models import SupplierFact, SupplierFactObjection, SupplierScorePublication

OWN = "/supplier-scores/own"


def tell_published(actor: Actor, publication: SupplierScorePublication, suppliers: Iterable[UUID]) -> None:
    title = _("履约评分已公布（截至 %(day)s）", day=publication.last_day.isoformat())
    body = _("对所列事实有异议的，请在 %(day)s（含）前提出。", day=publication.answer_until.isoformat())
    for supplier_id in suppliers:
        tell_company(actor, supplier_id, "supplier_score", title, body, OWN)


def tell_objected(actor: Actor, objection: SupplierFactObjection, fact: SupplierFact, name: str) -> None:
    title = _("供应商对评分事实提出异议：%(name)s", name=name)
    url = f"/supplier-scores/objections/{objection.id}"
    body = f"{labels.CRITERIA[fact.criterion]}：{fact.label} {objection.reason}"
    tell_officers(actor, objection.supplier_id, "fact_objection", title, body, url)


def tell_decided(actor: Actor, objection: SupplierFactObjection, fact: SupplierFact) -> None:
    title = _("评分异议%(state)s：%(number)s", state=labels.OBJECTION_STATES[objection.state], number=fact.label)
    url = f"{OWN}/facts/{fact.id}"
    tell_company(actor, objection.supplier_id, "fact_objection", title, objection.decision, url)
