"""The demo's companies, registered through the services as they would register themselves, in several states."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask

from bureau.catalogue.models import CatalogueCategory
from bureau.demo import MARK
from bureau.demo.context import DemoContext
from bureau.demo.people import build_people
from bureau.demo.pictures import demo_certificate
from bureau.demo.suppliers import SUPPLIERS, Supplier
from bureau.roles import Role
from bureau.suppliers import labels, rules
from bureau.suppliers.credit_code import invented
from bureau.suppliers.models import SupplierLicence, SupplierRequest
from bureau.suppliers.service import joining, measures, own, registering, reviewing, standing
from bureau.suppliers.service.finding import get_supplier
from kernel.actor import SYSTEM_ACCOUNT, Actor
from kernel.database import db, new_id, now
from kernel.database.scope import use_scope

SIZES = ("small", "small", "micro", "small", "micro", "medium", "micro", "micro", "micro", "small")
# Code → how far its registration came; the others are registered. Those that deliver staples stay registered: the
# demo's tenders need bidders.
STAGES = {"GYS09": "applied", "GYS12": "returned", "GYS13": "draft"}
ENDS = {"GYS02": 26, "GYS06": 12, "GYS08": -5, "GYS05": 6}  # days until a licence that its categories need runs out


def demo(app: Flask, demo: DemoContext) -> None:
    session = db.session()
    use_scope(session, demo.actor().scope)
    officer = demo.officer("bureau-procurement", Role.PROCUREMENT_OFFICER)
    reviewing.propose_rules(officer)
    query = db.select(CatalogueCategory.code, CatalogueCategory.id).where(CatalogueCategory.bureau_id == demo.bureau_id)
    categories = {row.code: row.id for row in session.execute(query)}
    people = {
        post.scope: person
        for person in build_people(demo.district)
        for post in person.posts
        if post.level == "supplier"
    }
    for number, supplier in enumerate(SUPPLIERS, 1):
        user = people.get(supplier.code)
        account_id = demo.accounts[user.username] if user else SYSTEM_ACCOUNT
        company_id = _open(demo, supplier, number, account_id, user.name if user else None)
        demo.suppliers[supplier.code] = company_id
        actor = Actor(
            account_id, user.name if user else f"{MARK}·联系人{number}", "supplier", demo.bureau_id,
            roles=frozenset({str(Role.SUPPLIER_USER)}), supplier_id=company_id,
        )  # fmt: skip
        _fill_in(demo, actor, supplier, categories)
        _review(demo, officer, company_id, supplier.code)
    session.commit()
    _afterwards(demo, officer)
    session.commit()


def _open(demo: DemoContext, supplier: Supplier, number: int, account_id: UUID, name: str | None) -> UUID:
    system = demo.actor()
    use_scope(db.session(), system.scope)
    request = SupplierRequest(
        bureau_id=demo.bureau_id, id=new_id(), purpose="registration", credit_code=invented(number),
        company_name=supplier.name, kind="cooperative" if "合作社" in supplier.name else "enterprise",
        size=SIZES[number % len(SIZES)], address=f"{MARK}路 {number} 号", person_name=name or f"{MARK}·联系人{number}",
        mobile=supplier.contact_phone, email=f"supplier-{number}@example.test", code_hash="", code_until=now(),
        codes_sent=1, state="done", account_id=account_id, address_from="127.0.0.1", confirmed_at=now(),
        created_by=SYSTEM_ACCOUNT,
    )  # fmt: skip
    row = joining.open_registration(system, request, account_id)
    if name is not None:
        joining.join(system, row.id, account_id, name)
    return row.id


def _fill_in(demo: DemoContext, actor: Actor, supplier: Supplier, categories: dict[str, UUID]) -> None:
    use_scope(db.session(), actor.scope)
    company = own.my_company(actor)
    chosen = [categories[code] for code in supplier.categories]
    own.choose_categories(actor, chosen)
    facts = standing.facts_of(actor, [company])[company.id]
    asked = {kind for one in chosen for kind in rules.required_licences(one, facts.required, facts.parents)}
    stage = STAGES.get(supplier.code)
    for position, kind in enumerate(sorted(asked, key=rules.LICENCES.index)):
        if stage == "draft" and position:
            break
        until = None if kind == "business_licence" else demo.today + timedelta(days=400 + 37 * position)
        values: dict[str, Any] = {
            "kind": kind, "number": f"{MARK}{supplier.code}{position + 1:03d}", "issued_by": f"{MARK}区市场监督管理局",
            "valid_from": demo.today - timedelta(days=500), "valid_until": until,
        }  # fmt: skip
        title = str(labels.LICENCES[kind])
        scan = (f"{title}.jpg", demo_certificate(title, [supplier.name, values["number"]], demo.rng))
        own.add_licence(actor, new_id(), values, scan)
    if stage != "draft":
        own.submit(actor, own.my_company(actor).version)


def _review(demo: DemoContext, officer: Actor, company_id: UUID, code: str) -> None:
    use_scope(db.session(), officer.scope)
    stage = STAGES.get(code)
    if stage in ("draft", "applied"):
        return
    company = get_supplier(officer, company_id)
    if stage == "returned":
        notes = {"licences": "食品经营许可证扫描件不清晰，请重新上传。", "address": "请填写仓库地址。"}
        reviewing.decide(officer, company_id, company.version, event="return", notes=notes)
        return
    for licence in own.licences_of(officer, company_id):
        reviewing.decide_licence(officer, company_id, licence.id, licence.version, event="approve")
    for choice in own.choices_of(officer, company_id):
        reviewing.decide_category(officer, company_id, choice.id, choice.version, event="approve")
    reviewing.decide(officer, company_id, company.version, event="admit")
    if code in ENDS:
        # Registered long ago: the licence has come near its end, or past it, since.
        ending = [one for one in own.licences_of(officer, company_id) if one.valid_until is not None]
        for one in ending[:1] or _produce(officer, company_id):
            one.valid_until = demo.today + timedelta(days=ENDS[code])
    db.session.flush()


def _produce(officer: Actor, company_id: UUID) -> list[SupplierLicence]:
    """A company whose categories ask for the business licence only: that one has an end, then."""
    return own.licences_of(officer, company_id)[:1]


def _afterwards(demo: DemoContext, officer: Actor) -> None:
    """A warning, a suspension under appeal, and somebody who would act for a company on record."""
    use_scope(db.session(), officer.scope)
    measures.impose(
        officer, demo.suppliers["GYS05"], new_id(), kind="warning", reason="两次晚于约定时间送达，已书面提醒。",
        basis="《配送服务协议》第八条",
    )  # fmt: skip
    suspended = demo.suppliers["GYS10"]
    choices = own.choices_of(officer, suspended)
    measure = measures.impose(
        officer, suspended, new_id(), kind="suspension", category_id=choices[-1].category_id,
        reason="面包抽检标签不合格，整改期间暂停该品类。", basis="《食品安全法》第六十七条",
        until_day=demo.today + timedelta(days=30),
    )  # fmt: skip
    company = demo.company("GYS10")
    use_scope(db.session(), company.scope)
    measures.appeal(company, measure.id, new_id(), statement="问题标签批次已全部召回，附整改说明，请求提前恢复。")
    system = demo.actor()
    use_scope(db.session(), system.scope)
    first = get_supplier(system, demo.suppliers["GYS01"])
    request = SupplierRequest(
        bureau_id=demo.bureau_id, id=new_id(), purpose="registration", credit_code=first.credit_code,
        company_name=first.name, person_name=f"{MARK}·业务员", mobile="00010009999", email="colleague@example.test",
        code_hash="", code_until=now(), codes_sent=1, address_from="127.0.0.1", confirmed_at=now(),
        created_by=SYSTEM_ACCOUNT,
    )  # fmt: skip
    db.session.add(request)
    registering.ask(system, request, first.id, None)
