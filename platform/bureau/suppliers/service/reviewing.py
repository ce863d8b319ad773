"""The bureau looks a registration through: licence by licence, category by category, then the whole."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select

from bureau.catalogue.models import CatalogueCategory
from bureau.suppliers import labels, rules
from bureau.suppliers.models import BureauSupplier, LicenceRule, SupplierCategory, SupplierLicence
from bureau.suppliers.service import own, standing
from bureau.suppliers.service.events import move, note
from bureau.suppliers.service.finding import get_supplier
from bureau.suppliers.service.telling import tell_company
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import require_version
from kernel.errors import Invalid, NotFound, RuleBroken
from kernel.web.dates import today


def decide_licence(
    actor: Actor, supplier_id: UUID, licence_id: UUID, version: int | None, *, event: str, reason: str = ""
) -> SupplierLicence:
    """`event`: approve, return. The scan is compared with what was typed. Raises Invalid, Conflict, RuleBroken."""
    supplier = get_supplier(actor, supplier_id, for_update=True)
    licence = own.get_licence(actor, supplier_id, licence_id, for_update=True)
    if licence.state == rules.LICENCE.get(("submitted", event)):
        return licence
    require_version(licence, version)
    _require_reason(event, reason)
    if event == "approve" and licence.valid_until is not None and licence.valid_until < today():
        raise RuleBroken("licence_expired", _("证照已过期，请退回，由企业提交新证。"))
    move(actor, "licence", licence, event, reason)
    licence.reason = reason
    licence.decided_at, licence.decided_by = now(), actor.account_id
    db.session.flush()
    if event == "return" and supplier.state == "active":
        kind = str(labels.LICENCES[licence.kind])
        tell_company(actor, supplier_id, "supplier_licence", _("证照被退回：%(licence)s", licence=kind), reason)
    return licence


def get_choice(actor: Actor, supplier_id: UUID, choice_id: UUID) -> SupplierCategory:
    query = select(SupplierCategory).where(
        SupplierCategory.bureau_id == actor.bureau_id, SupplierCategory.supplier_id == supplier_id,
        SupplierCategory.id == choice_id,
    )  # fmt: skip
    choice = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if choice is None:
        raise NotFound(_("没有这项品类申请。"))
    return choice


def decide_category(
    actor: Actor, supplier_id: UUID, choice_id: UUID, version: int | None, *, event: str, reason: str = ""
) -> SupplierCategory:
    """`event`: approve, refuse. Approved only with the licences that the category asks for. Raises Conflict,
    RuleBroken."""
    supplier = get_supplier(actor, supplier_id, for_update=True)
    choice = get_choice(actor, supplier_id, choice_id)
    if choice.state == rules.CATEGORY.get(("asked", event)):
        return choice
    require_version(choice, version)
    _require_reason(event, reason)
    if event == "approve":
        _require_licences(actor, supplier, choice.category_id)
    move(actor, "category", choice, event, reason)
    choice.reason = reason
    choice.decided_at, choice.decided_by = now(), actor.account_id
    db.session.flush()
    if supplier.state == "active":
        name = standing.category_names(actor).get(choice.category_id, "")
        title = _("品类“%(category)s”：%(state)s", category=name, state=labels.CATEGORY_STATES[choice.state])
        tell_company(actor, supplier_id, "supplier_category", title, reason)
    return choice


def _require_licences(actor: Actor, supplier: BureauSupplier, category_id: UUID) -> None:
    facts = standing.facts_of(actor, [supplier])[supplier.id]
    lacking = rules.licence_problems(facts, category_id, today())
    if lacking:
        name = standing.category_names(actor).get(category_id, "")
        raise RuleBroken(f"supplier_{lacking[0].code}", labels.problem(lacking[0], name), labels.citation(lacking[0]))


def _require_reason(event: str, reason: str) -> None:
    if event in ("return", "refuse") and not reason:
        raise Invalid({"reason": [_("请写明理由。")]})


def decide(
    actor: Actor,
    supplier_id: UUID,
    version: int | None,
    *,
    event: str,
    reason: str = "",
    notes: Mapping[str, str] | None = None,
) -> BureauSupplier:
    """`event`: admit, return, refuse. `notes`: field (labels.RETURN_FIELDS) → what to mend, of a return. Admitted with
    the categories approved before; the others may still be decided. Raises Invalid, Conflict, RuleBroken."""
    supplier = get_supplier(actor, supplier_id, for_update=True)
    if supplier.state == rules.REGISTRATION.get(("applied", event)):
        return supplier
    require_version(supplier, version)
    wanted = {field: text for field, text in (notes or {}).items() if text and field in labels.RETURN_FIELDS}
    if event == "return" and not wanted:
        raise Invalid({"notes": [_("请至少对一项写明要补正的内容。")]})
    if event == "refuse":
        _require_reason(event, reason)
    if event == "admit":
        states = [choice.state for choice in own.choices_of(actor, supplier_id)]
        if "approved" not in states:
            raise RuleBroken("no_category", _("请先通过至少一个品类。"))
    move(actor, "registration", supplier, event, reason or "；".join(wanted.values()))
    supplier.state_reason = reason
    supplier.return_notes = wanted
    supplier.decided_at, supplier.decided_by = now(), actor.account_id
    if event == "admit" and supplier.admitted_at is None:
        supplier.admitted_at = now()
    db.session.flush()
    title = _("供应商登记：%(state)s", state=labels.STATES[supplier.state])
    fields = [f"{labels.RETURN_FIELDS[field]}：{text}" for field, text in wanted.items()]
    tell_company(actor, supplier_id, "supplier_decided", title, "；".join([*([reason] if reason else []), *fields]))
    return supplier


def correct(actor: Actor, supplier_id: UUID, version: int | None, values: Mapping[str, Any]) -> BureauSupplier:
    """Name, kind and size of a company on record, after the officer has seen the new licence."""
    supplier = get_supplier(actor, supplier_id, for_update=True)
    require_version(supplier, version, {"version": supplier.version, "name": supplier.name})
    changed = [
        name
        for name in ("name", "kind", "size", "address")
        if values.get(name, getattr(supplier, name)) != getattr(supplier, name)
    ]
    for name in changed:
        setattr(supplier, name, values[name])
    supplier.search_name = supplier.name.lower()
    if changed:
        states = (supplier.state, supplier.state)
        note(actor, supplier.id, "registration", supplier.id, "edit", states, "、".join(changed))
    db.session.flush()
    return supplier


def set_rules(actor: Actor, category_id: UUID, kinds: Collection[str]) -> list[str]:
    """The licences that a category asks for, beyond those asked of every company. Holds at once, for all companies."""
    known = select(CatalogueCategory.id).where(
        CatalogueCategory.bureau_id == actor.bureau_id, CatalogueCategory.id == category_id
    )
    if db.session.scalar(known) is None:
        raise NotFound(_("没有这个类别。"))
    wanted = [kind for kind in rules.LICENCES if kind in set(kinds) and kind not in rules.ALWAYS]
    present = {
        row.kind: row
        for row in db.session.scalars(
            select(LicenceRule).where(LicenceRule.bureau_id == actor.bureau_id, LicenceRule.category_id == category_id)
        )
    }
    gone = [row.id for kind, row in present.items() if kind not in wanted]
    if gone:
        db.session.execute(
            delete(LicenceRule).where(LicenceRule.bureau_id == actor.bureau_id, LicenceRule.id.in_(gone))
        )
    for kind in wanted:
        if kind not in present:
            db.session.add(
                LicenceRule(
                    bureau_id=actor.bureau_id, category_id=category_id, kind=kind, created_by=actor.account_id
                )
            )  # fmt: skip
    db.session.flush()
    return wanted


def propose_rules(actor: Actor) -> int:
    """Fill in what is proposed for the categories that ask for nothing yet. Gives how many were filled."""
    present = standing.required_by_category(actor)
    query = select(CatalogueCategory.id, CatalogueCategory.code).where(CatalogueCategory.bureau_id == actor.bureau_id)
    filled = 0
    for category_id, code in db.session.execute(query).all():
        if category_id not in present and code in rules.PROPOSED:
            set_rules(actor, category_id, rules.PROPOSED[code])
            filled += 1
    return filled
