"""A company's own registration: written, handed in, kept up to date by its people."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.catalogue.models import CatalogueCategory
from bureau.suppliers import labels, rules
from bureau.suppliers.models import BureauSupplier, SupplierCategory, SupplierLicence
from bureau.suppliers.service import standing
from bureau.suppliers.service.events import move, note
from bureau.suppliers.service.finding import get_supplier
from bureau.suppliers.service.telling import tell_officers
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.files import service as files
from kernel.files.sniffing import MediaType
from kernel.web.dates import today

SCANS = frozenset({MediaType.JPEG, MediaType.PNG, MediaType.PDF})
WHOLE = ("name", "kind", "size", "address", "business", "contact_name", "contact_mobile", "contact_email")
ALWAYS_OPEN = ("address", "business", "contact_name", "contact_mobile", "contact_email")


def my_company(actor: Actor, *, for_update: bool = False) -> BureauSupplier:
    return get_supplier(actor, actor.own_supplier_id(), for_update=for_update)


def edit(actor: Actor, version: int | None, values: Mapping[str, Any]) -> BureauSupplier:
    """Name, kind and size of a company that was reviewed are the bureau's to change. Raises Conflict, RuleBroken."""
    company = my_company(actor, for_update=True)
    require_version(company, version, {"version": company.version, "name": company.name})
    if company.state not in (*rules.EDITABLE, "active"):
        raise RuleBroken("not_editable", _("资料已提交审核或登记已终止，现在不能修改；可先撤回。"))
    changed = [name for name in WHOLE if name in values and values[name] != getattr(company, name)]
    reviewed = [name for name in changed if name not in ALWAYS_OPEN]
    if company.state == "active" and reviewed:
        raise Invalid({name: [_("登记后这一项由教育局核实修改，请联系采购专员。")] for name in reviewed})
    for name in changed:
        setattr(company, name, values[name])
    company.search_name = company.name.lower()
    if changed:
        note(actor, company.id, "registration", company.id, "edit", (company.state, company.state), "、".join(changed))
    db.session.flush()
    return company


def missing_for_submission(actor: Actor, company: BureauSupplier) -> dict[str, list[str]]:
    """Field → what is still to be done before the registration can be handed in; empty: nothing."""
    missing: dict[str, list[str]] = {}
    for name in ("name", "address", "contact_name", "contact_mobile"):
        if not getattr(company, name):
            missing[name] = [_("请填写此项。")]
    facts = standing.facts_of(actor, [company])[company.id]
    chosen = [one for one, state in facts.choices.items() if state in ("asked", "approved")]
    if not chosen:
        missing["categories"] = [_("请至少选择一个品类。")]
    given = {one.kind for one in facts.licences if one.state in ("submitted", "approved")}
    asked = {kind for one in chosen for kind in rules.required_licences(one, facts.required, facts.parents)}
    lacking = [str(labels.LICENCES[kind]) for kind in rules.LICENCES if kind in (asked or set(rules.ALWAYS)) - given]
    if lacking:
        missing["licences"] = [_("还缺：%(licences)s。", licences="、".join(lacking))]
    return missing


def submit(actor: Actor, version: int | None) -> BureauSupplier:
    """Hand the registration in. Sent twice it is handed in once. Raises Invalid, Conflict, RuleBroken."""
    company = my_company(actor, for_update=True)
    if company.state == "applied":
        return company
    require_version(company, version)
    missing = missing_for_submission(actor, company)
    if missing:
        raise Invalid(missing)
    move(actor, "registration", company, "submit")
    company.submitted_at = now()
    company.return_notes = {}
    flush(db.session())
    tell_officers(actor, company.id, "supplier_applied", _("供应商登记待审核：%(name)s", name=company.name))
    return company


def withdraw(actor: Actor, version: int | None) -> BureauSupplier:
    company = my_company(actor, for_update=True)
    require_version(company, version)
    move(actor, "registration", company, "withdraw")
    db.session.flush()
    return company


def choose_categories(actor: Actor, category_ids: Collection[UUID]) -> list[SupplierCategory]:
    """From here on the company is, or asks to be, registered for exactly these. Raises Invalid, RuleBroken."""
    company = my_company(actor, for_update=True)
    if company.state not in (*rules.EDITABLE, "active"):
        raise RuleBroken("not_editable", _("资料已提交审核或登记已终止，现在不能修改；可先撤回。"))
    wanted = set(category_ids)
    known = set(
        db.session.scalars(
            select(CatalogueCategory.id).where(
                CatalogueCategory.bureau_id == actor.bureau_id, CatalogueCategory.id.in_(wanted)
            )
        )
    )
    if wanted - known:
        raise Invalid({"categories": [_("请从列出的选项中选择。")]})
    present = {row.category_id: row for row in choices_of(actor, company.id)}
    asked = False
    for category_id in sorted(wanted):
        row = present.get(category_id)
        if row is None:
            row = SupplierCategory(
                bureau_id=actor.bureau_id, supplier_id=company.id, category_id=category_id, state="asked",
                created_by=actor.account_id,
            )  # fmt: skip
            db.session.add(row)
            flush(db.session())
            note(actor, company.id, "category", row.id, "ask", ("", "asked"))
            asked = True
        elif row.state in ("refused", "withdrawn"):
            move(actor, "category", row, "ask")
            row.reason = ""
            asked = True
    for category_id, row in present.items():
        if category_id not in wanted and row.state in ("asked", "approved"):
            move(actor, "category", row, "withdraw")
    db.session.flush()
    if asked and company.state == "active":
        tell_officers(actor, company.id, "supplier_category", _("供应商申请新品类：%(name)s", name=company.name))
    return choices_of(actor, company.id)


def choices_of(actor: Actor, supplier_id: UUID) -> list[SupplierCategory]:
    query = select(SupplierCategory).where(
        SupplierCategory.bureau_id == actor.bureau_id, SupplierCategory.supplier_id == supplier_id
    )
    return list(db.session.scalars(query.order_by(SupplierCategory.id)))


def licences_of(actor: Actor, supplier_id: UUID, *, withdrawn: bool = False) -> list[SupplierLicence]:
    """By kind, the one that holds longest first."""
    query = select(SupplierLicence).where(
        SupplierLicence.bureau_id == actor.bureau_id, SupplierLicence.supplier_id == supplier_id
    )
    if not withdrawn:
        query = query.where(SupplierLicence.state != "withdrawn")
    return sorted(
        db.session.scalars(query),
        key=lambda one: (rules.LICENCES.index(one.kind), -(one.valid_until or date.max).toordinal(), one.id),
    )


def get_licence(actor: Actor, supplier_id: UUID, licence_id: UUID, *, for_update: bool = False) -> SupplierLicence:
    query = select(SupplierLicence).where(
        SupplierLicence.bureau_id == actor.bureau_id, SupplierLicence.supplier_id == supplier_id,
        SupplierLicence.id == licence_id,
    )  # fmt: skip
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    licence = db.session.scalar(query)
    if licence is None:
        raise NotFound(_("没有这份证照。"))
    return licence


def add_licence(
    actor: Actor, licence_id: UUID, values: Mapping[str, Any], scan: tuple[str, bytes] | None = None
) -> SupplierLicence:
    """`values`: kind, number, scope, issued_by, valid_from, valid_until; `scan`: (file name, bytes). Sent twice with
    the same content it is one licence. Raises Invalid, Conflict, RuleBroken."""
    company = my_company(actor)
    if company.state not in (*rules.EDITABLE, "active"):
        raise RuleBroken("not_editable", _("资料已提交审核或登记已终止，现在不能修改；可先撤回。"))
    until = values.get("valid_until")
    if values.get("valid_from") and until and until < values["valid_from"]:
        raise Invalid({"valid_until": [_("截止日期不能早于开始日期。")]})
    content = {name: values.get(name) or default for name, default in _LICENCE_FIELDS.items()}
    existing = db.session.scalar(
        select(SupplierLicence).where(SupplierLicence.bureau_id == actor.bureau_id, SupplierLicence.id == licence_id)
    )
    if existing is not None:
        if existing.supplier_id == company.id and all(getattr(existing, k) == v for k, v in content.items()):
            return existing
        raise Conflict(_("编号重复，请刷新后重试。"))
    if until is not None and until < today():
        raise Invalid({"valid_until": [_("证照已过期，请提交有效的证照。")]})
    attachment = None
    if scan is not None:
        attachment = files.store(
            actor, scan[1], name=scan[0], purpose="supplier_licence", supplier_id=company.id, accepted=SCANS,
            field="scan",
        )  # fmt: skip
    licence = SupplierLicence(
        bureau_id=actor.bureau_id, id=licence_id, supplier_id=company.id, created_by=actor.account_id,
        attachment_id=attachment.id if attachment else None, **content,
    )  # fmt: skip
    db.session.add(licence)
    flush(db.session(), {"pk_supplier_licences": Conflict(_("编号重复，请刷新后重试。"))})
    note(actor, company.id, "licence", licence.id, "add", ("", "submitted"), str(labels.LICENCES[licence.kind]))
    if company.state == "active":
        title = _("供应商证照待核验：%(name)s", name=company.name)
        tell_officers(actor, company.id, "supplier_licence", title, str(labels.LICENCES[licence.kind]))
    return licence


_LICENCE_FIELDS: dict[str, Any] = {
    "kind": "", "number": "", "scope": "", "issued_by": "", "valid_from": None, "valid_until": None,
}  # fmt: skip


def withdraw_licence(actor: Actor, licence_id: UUID, version: int | None) -> SupplierLicence:
    licence = get_licence(actor, actor.own_supplier_id(), licence_id, for_update=True)
    if licence.state == "withdrawn":
        return licence
    require_version(licence, version)
    move(actor, "licence", licence, "withdraw")
    db.session.flush()
    return licence
