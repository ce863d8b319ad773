"""The bureau's review, and what follows from dates."""

import io
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bureau.suppliers.models import LicenceAlarm, SupplierEvent
from bureau.suppliers.service import alarms, own, reading, reviewing, standing
from bureau.suppliers.service.finding import get_supplier
from kernel.database import new_id
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.notices.models import Notice
from kernel.web.dates import today
from tests.support.pictures import jpeg


def bids(actor, supplier_id, category_id, on=None):
    """None: may bid; else the rule's code."""
    try:
        standing.require_may_bid(actor, supplier_id, [category_id], on=on)
    except RuleBroken as refusal:
        return refusal.rule
    return None


@pytest.fixture
def draft(world, acting, session):
    """Company "a-2" as it was before its review."""
    supplier = get_supplier(acting(world.actor("procurement_officer")), world.supplier_id("a-2"))
    supplier.state, supplier.admitted_at = "draft", None
    session.commit()
    return supplier.id


def hand_in(world, acting, categories, kinds):
    company = acting(world.actor("supplier_user", "a-2"))
    own.choose_categories(company, categories)
    for kind in kinds:
        own.add_licence(company, new_id(), {"kind": kind, "number": "演示1"})
    return own.submit(company, own.my_company(company).version)


def test_nothing_is_handed_in_before_it_is_whole(world, acting, draft, meat):
    company = acting(world.actor("supplier_user", "a-2"))
    with pytest.raises(Invalid) as refused:
        own.submit(company, own.my_company(company).version)
    assert refused.value.fields.keys() == {"categories", "licences"}
    own.choose_categories(company, [meat])
    own.add_licence(company, new_id(), {"kind": "business_licence", "number": "1"})
    with pytest.raises(Invalid) as refused:
        own.submit(company, own.my_company(company).version)
    assert refused.value.fields == {"licences": ["还缺：食品经营许可证。"]}


def test_returned_with_a_note_per_field_mended_and_admitted(world, acting, draft, meat, fruit, session):
    hand_in(world, acting, [meat, fruit], ["business_licence", "food_operation"])
    officer = acting(world.actor("procurement_officer"))
    supplier = get_supplier(officer, draft)
    with pytest.raises(Invalid):
        reviewing.decide(officer, draft, supplier.version, event="return")
    reviewing.decide(officer, draft, supplier.version, event="return", notes={"address": "请填写仓库地址。"})
    assert supplier.return_notes == {"address": "请填写仓库地址。"}
    company = acting(world.actor("supplier_user", "a-2"))
    mine = own.my_company(company)
    values = {name: getattr(mine, name) for name in own.WHOLE} | {"address": "演示仓库路 1 号"}
    own.edit(company, mine.version, values)
    own.submit(company, mine.version)
    assert mine.return_notes == {}
    officer = acting(world.actor("procurement_officer"))
    supplier = get_supplier(officer, draft)
    with pytest.raises(RuleBroken, match="至少一个品类"):
        reviewing.decide(officer, draft, supplier.version, event="admit")
    pork, apples = own.choices_of(officer, draft)
    with pytest.raises(RuleBroken) as refused:
        reviewing.decide_category(officer, draft, pork.id, pork.version, event="approve")
    assert refused.value.rule == "supplier_licence_missing"
    for licence in own.licences_of(officer, draft):
        reviewing.decide_licence(officer, draft, licence.id, licence.version, event="approve")
    for choice in (pork, apples):
        reviewing.decide_category(officer, draft, choice.id, choice.version, event="approve")
    reviewing.decide(officer, draft, supplier.version, event="admit")
    assert (supplier.state, supplier.admitted_at is not None) == ("active", True)
    assert bids(officer, draft, meat) is None
    steps = session.scalars(select(SupplierEvent).where(SupplierEvent.supplier_id == draft).order_by(SupplierEvent.id))
    path = [(one.event, one.to_state) for one in steps if one.subject == "registration"]
    assert path == [
        ("submit", "applied"), ("return", "returned"), ("edit", "returned"), ("submit", "applied"), ("admit", "active"),
    ]  # fmt: skip


def test_a_stale_decision_is_refused_and_the_same_one_is_made_once(world, acting, draft, fruit):
    hand_in(world, acting, [fruit], ["business_licence"])
    officer = acting(world.actor("procurement_officer"))
    supplier = get_supplier(officer, draft)
    with pytest.raises(Conflict):
        reviewing.decide(officer, draft, supplier.version - 1, event="refuse", reason="x")
    with pytest.raises(Invalid):
        reviewing.decide(officer, draft, supplier.version, event="refuse")
    reviewing.decide(officer, draft, supplier.version, event="refuse", reason="资料不实")
    reviewing.decide(officer, draft, 1, event="refuse", reason="资料不实")
    with pytest.raises(RuleBroken, match="不能进行"):
        reviewing.decide(officer, draft, supplier.version, event="return", notes={"name": "x"})


def test_an_expired_licence_closes_its_categories_by_the_clock_alone(admitted, meat, fruit):
    until = admitted.food.valid_until
    for day, codes in (
        (until, (None, None)),
        (until + timedelta(days=1), ("supplier_licence_expired", None)),
    ):
        found = tuple(bids(admitted.officer, admitted.id, category, on=day) for category in (meat, fruit))
        assert found == codes


def test_the_company_learns_the_same_as_the_bureau(admitted, acting, meat, fruit):
    late = admitted.food.valid_until + timedelta(days=1)
    company = acting(admitted.company)
    assert bids(company, admitted.id, meat) is None
    with pytest.raises(RuleBroken) as refused:
        standing.require_may_bid(company, admitted.id, [fruit, meat], on=late)
    assert refused.value.citation == "《食品安全法》第三十五条"
    assert "演示肉类" in refused.value.message


def test_nobody_asks_for_a_competitor(world, admitted, acting, meat):
    with pytest.raises(NotFound):
        standing.require_may_bid(acting(world.actor("supplier_user", "a-2")), admitted.id, [meat])


def test_a_renewal_waits_for_its_review_and_opens_again(admitted, acting, give, meat):
    admitted.food.valid_until = today() - timedelta(days=1)
    company = acting(admitted.company)
    assert bids(company, admitted.id, meat) == "supplier_licence_expired"
    values = {"kind": "food_operation", "number": "演示2", "valid_until": today() + timedelta(days=900)}
    renewal = own.add_licence(company, new_id(), values)
    assert bids(company, admitted.id, meat) == "supplier_licence_expired"
    officer = acting(admitted.officer)
    renewal = own.get_licence(officer, admitted.id, renewal.id)
    reviewing.decide_licence(officer, admitted.id, renewal.id, renewal.version, event="approve")
    assert bids(officer, admitted.id, meat) is None


def test_an_expired_licence_is_not_taken(admitted, acting):
    company = acting(admitted.company)
    yesterday = today() - timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        own.add_licence(company, new_id(), {"kind": "other", "number": "1", "valid_until": yesterday})
    assert refused.value.fields.keys() == {"valid_until"}
    turned = {"kind": "other", "number": "1", "valid_from": date(2030, 1, 2), "valid_until": date(2030, 1, 1)}
    with pytest.raises(Invalid):
        own.add_licence(company, new_id(), turned)


def test_a_licence_sent_twice_is_one(admitted, acting):
    company = acting(admitted.company)
    licence_id = new_id()
    values = {"kind": "other", "number": "演示9"}
    first = own.add_licence(company, licence_id, values)
    assert own.add_licence(company, licence_id, values) is first
    with pytest.raises(Conflict):
        own.add_licence(company, licence_id, values | {"number": "演示10"})


@pytest.mark.parametrize("days", [31, 30, 15, 7, -1])
def test_each_step_is_told_once_to_the_company_and_the_officer(admitted, world, session, days):
    admitted.food.valid_until = today() + timedelta(days=days)
    session.flush()
    bureau_id = world.bureaus["a"]
    assert [alarms.tell_of_expiry(bureau_id) for _ in range(2)] == ([0, 0] if days == 31 else [1, 0])
    told = session.scalars(select(Notice.person_id).where(Notice.kind == "supplier_expiry")).all()
    people = {admitted.company.account_id, admitted.officer.account_id}
    assert (set(told), len(told)) == ((set(), 0) if days == 31 else (people, 2))
    steps = session.scalars(select(LicenceAlarm.days)).all()
    assert steps == ([] if days == 31 else [max(days, 0)])


def test_no_alarm_where_the_renewal_is_in_hand(admitted, give, world, session):
    admitted.food.valid_until = today() + timedelta(days=5)
    session.flush()
    give("food_operation", 400)
    assert alarms.tell_of_expiry(world.bureaus["a"]) == 0


def test_data_of_a_reviewed_company_are_the_bureaus_to_change(admitted, acting):
    company = acting(admitted.company)
    mine = own.my_company(company)
    values = {name: getattr(mine, name) for name in own.WHOLE}
    with pytest.raises(Invalid) as refused:
        own.edit(company, mine.version, values | {"size": "micro", "name": "改名公司"})
    assert refused.value.fields.keys() == {"size", "name"}
    own.edit(company, mine.version, values | {"contact_mobile": "13911112222"})
    officer = acting(admitted.officer)
    supplier = get_supplier(officer, admitted.id)
    reviewing.correct(officer, admitted.id, supplier.version, {"name": "改名公司", "size": "micro"})
    assert (supplier.search_name, supplier.size, supplier.contact_mobile) == ("改名公司", "micro", "13911112222")


def test_a_category_left_is_closed_and_asked_for_again_is_reviewed_again(admitted, acting, meat, fruit):
    company = acting(admitted.company)
    own.choose_categories(company, [fruit])
    assert bids(company, admitted.id, meat) == "supplier_not_admitted"
    own.choose_categories(company, [fruit, meat])
    assert bids(company, admitted.id, meat) == "supplier_not_admitted"
    assert [one.state for one in own.choices_of(company, admitted.id) if one.category_id == meat] == ["asked"]


def test_a_category_of_another_bureau_cannot_be_chosen(admitted, acting, world):
    from tests.support.catalogue import category

    foreign = category(acting(world.actor("procurement_officer", "b")), "x", "演示外区类别", [])
    with pytest.raises(Invalid):
        own.choose_categories(acting(admitted.company), [foreign])


def test_the_list_finds_by_name_code_category_and_what_waits(admitted, world, acting, meat, session):
    officer = acting(admitted.officer)

    def found(**filters):
        page = reading.list_suppliers(officer, reading.Filters(**filters))
        return [one.supplier.name for one in page.items]

    assert found() == ["演示供应商 a", "演示供应商 a-2"]
    assert found(text="A-2") == ["演示供应商 a-2"]
    assert found(text=get_supplier(officer, admitted.id).credit_code.lower()) == ["演示供应商 a"]
    assert found(category_id=meat) == ["演示供应商 a"]
    assert found(watch="expiring") == found(watch="waiting") == found(watch="suspended") == []
    admitted.food.valid_until = today() + timedelta(days=30)
    session.flush()
    assert found(watch="expiring") == ["演示供应商 a"]
    own.add_licence(acting(admitted.company), new_id(), {"kind": "other", "number": "1"})
    acting(admitted.officer)
    assert found(watch="waiting") == ["演示供应商 a"]
    assert [one.name for one in standing.suppliers_open_to(officer, meat)] == ["演示供应商 a"]


def test_the_sheet_says_why_a_category_is_closed(admitted, client_as, session):
    from python_calamine import CalamineWorkbook

    admitted.food.valid_until = today() - timedelta(days=1)
    session.flush()
    answer = client_as("procurement_officer").get("/suppliers/export")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    line = next(row for row in rows if "演示供应商 a" in row)
    assert any("食品经营许可证" in str(cell) and "演示肉类" in str(cell) for cell in line)
    assert "演示水果" in line


def test_the_public_page_shows_what_holds_today_and_no_number_to_call(admitted, client_as, session):
    page = client_as(None).get(f"/public/suppliers/a/{admitted.id}")
    assert page.status_code == 200
    assert "食品经营许可证" in page.text
    supplier = get_supplier(admitted.officer, admitted.id)
    assert supplier.contact_mobile not in page.text
    assert supplier.contact_name not in page.text
    admitted.food.valid_until = today() - timedelta(days=1)
    session.flush()
    assert "食品经营许可证" not in client_as(None).get(f"/public/suppliers/a/{admitted.id}").text
    assert client_as(None).get(f"/public/suppliers/b/{admitted.id}").status_code == 404


@pytest.mark.parametrize(
    ("role", "place", "listed", "reviews"),
    [
        ("procurement_officer", "a", 200, 302), ("bureau_admin", "a", 200, 302),
        ("discipline_supervisor", "a", 200, 403), ("inspector", "a", 403, 403), ("principal", "a1", 403, 403),
        ("zone_supervisor", "a-east", 403, 403), ("supplier_user", "a", 403, 403),
        ("procurement_officer", "b", 200, 404),
    ],
)  # fmt: skip
def test_who_reads_and_who_reviews(client_as, admitted, role, place, listed, reviews):
    client = client_as(role, place)
    assert client.get("/suppliers").status_code == listed
    edit = {"version": get_supplier(admitted.officer, admitted.id).version, "name": "演示供应商 a",
            "kind": "enterprise", "size": "small", "address": "x"}  # fmt: skip
    assert client.post(f"/suppliers/{admitted.id}/edit", data=edit).status_code == reviews


def test_the_number_of_queries_does_not_grow_with_the_list(admitted, client_as, session, world, acting):
    from sqlalchemy import event

    from bureau.suppliers.credit_code import invented
    from bureau.suppliers.models import BureauSupplier, Supplier
    from kernel.database import now
    from kernel.database.scope import IDENTITY, use_scope

    made = [Supplier(id=new_id(), credit_code=invented(5000 + number), name="演示") for number in range(30)]
    use_scope(session(), IDENTITY)
    session.add_all(made)
    session.flush()
    acting(admitted.officer)
    session.add_all(
        BureauSupplier(
            bureau_id=world.bureaus["a"], id=one.id, credit_code=one.credit_code, name=f"演示{position}",
            search_name=f"演示{position}", state="active", admitted_at=now(), created_by=new_id(),
        )
        for position, one in enumerate(made)
    )  # fmt: skip
    session.commit()
    counted = []
    client = client_as("procurement_officer")
    engine = session.connection().engine

    def count(_connection, _cursor, statement, *_rest):
        counted.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        client.get("/suppliers?limit=2")
        few, counted[:] = len(counted), []
        client.get("/suppliers?limit=30")
        assert len(counted) <= few
    finally:
        event.remove(engine, "before_cursor_execute", count)


def test_a_licence_over_the_page_comes_with_its_scan(admitted, client_as, acting):
    client = client_as("supplier_user")
    sent = {"id": str(new_id()), "kind": "other", "number": "演示7"}
    bare = client.post("/company/licences/new", data=sent)
    assert (bare.status_code, "请上传扫描件" in bare.text) == (422, True)
    scanned = {**sent, "scan": (io.BytesIO(jpeg()), "x.jpg")}
    assert client.post("/company/licences/new", data=scanned).status_code == 302
    stored = [one for one in own.licences_of(acting(admitted.company), admitted.id) if one.number == "演示7"]
    assert [one.attachment_id is not None for one in stored] == [True]
