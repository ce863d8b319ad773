"""From awarded terms to a signed, published, filed agreement; what each role sees of it on the way."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from bureau.agreements import guards
from bureau.agreements.guards import SigningWarning
from bureau.agreements.models import Agreement, AgreementItem
from bureau.agreements.service import finding, from_awards, making, public, reading, signing
from bureau.awards.service import cancelling
from bureau.awards.service.proposing import active_awards
from bureau.tendering.service import ending
from bureau.tendering.service import lots as tender_lots
from bureau.tendering.service import reading as tender_reading
from kernel.database import db, new_id
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.web.dates import today
from tests.support import agreements as made
from tests.support import published, tenders
from tests.support.agreements import both, discount_lot, fixed_lot, pending, rice, scan, signed, terms
from tests.support.pictures import jpeg
from tests.support.samples.agreements import tender_lot

DAY = timedelta(days=1)


def sign(officer, agreement, **values):
    day = agreement.notice_on
    given = {"supplier_signed_on": day, "bureau_signed_on": day, **values}
    return signing.sign(officer, agreement.id, agreement.version, **given)


@pytest.fixture
def agreement(world, officer, stocked):
    return pending(officer, both(world, stocked))


def rule_of(call):
    with pytest.raises(RuleBroken) as refused:
        call()
    return refused.value


def test_the_thirty_days_run_from_the_notice_and_late_is_shown_not_refused(officer, agreement):
    assert timedelta(days=30) <= agreement.sign_by - agreement.notice_on <= timedelta(days=39)  # a free day moves on
    scan(officer, agreement)
    late = agreement.sign_by + 2 * DAY
    sign(officer, agreement, bureau_signed_on=late)
    assert (agreement.state, agreement.signed_on) == ("signed", late)
    event = finding.events_of(officer, agreement)[-1]
    assert (event.event, event.from_state, event.to_state, event.details["days_late"]) == (
        "sign",
        "pending",
        "signed",
        2,
    )


def test_both_scans_and_sensible_dates_are_asked_for(officer, agreement):
    assert rule_of(lambda: sign(officer, agreement)).rule == "agreement_scans"
    scan(officer, agreement, "bureau")
    assert rule_of(lambda: sign(officer, agreement)).rule == "agreement_scans"
    scan(officer, agreement, "supplier")
    for wrong in ({"supplier_signed_on": today() + DAY}, {"bureau_signed_on": agreement.notice_on - DAY}):
        with pytest.raises(Invalid):
            sign(officer, agreement, **wrong)
    sign(officer, agreement)


def test_a_difference_from_the_award_is_refused_with_the_article(world, officer, stocked, agreement):
    scan(officer, agreement)
    dearer = both(world, stocked)
    dearer = replace(dearer, lots=(fixed_lot(stocked, items=[rice(stocked, price_fen=521)]), dearer.lots[1]))
    refused = rule_of(lambda: sign(officer, agreement, proposed=dearer))
    assert refused.rule == "agreement_substance"
    assert "七十一" in refused.citation
    assert "520" in refused.message
    assert "521" in refused.message
    assert agreement.state == "pending"
    sign(officer, agreement, proposed=both(world, stocked))


def test_what_was_altered_behind_the_service_is_not_signed(officer, agreement):
    scan(officer, agreement)
    db.session.execute(text("UPDATE agreements SET last_day = last_day + 1"))
    db.session.expire_all()
    assert rule_of(lambda: sign(officer, agreement)).rule == "agreement_substance"


def test_an_open_challenge_warns_and_who_passes_over_it_is_logged(officer, agreement, monkeypatch):
    scan(officer, agreement)
    warning = SigningWarning("challenge_window", "演示：质疑期未满", "演示依据")
    monkeypatch.setattr(signing, "warnings_of", lambda actor, one: [warning])
    refused = rule_of(lambda: sign(officer, agreement))
    assert (refused.rule, refused.citation, refused.members["warnings"]) == (
        "signing_warning", "演示依据", ["challenge_window"],
    )  # fmt: skip
    sign(officer, agreement, override_reason="演示：各方书面放弃")
    event = finding.events_of(officer, agreement)[-1]
    assert (event.reason, event.by_id) == ("演示：各方书面放弃", officer.account_id)
    assert event.details["warnings"] == [{"code": "challenge_window", "text": "演示：质疑期未满"}]


def test_a_block_is_passed_over_by_nobody(officer, agreement, monkeypatch):
    scan(officer, agreement)
    warning = SigningWarning("suspended", "演示：财政部门暂停", blocks=True)
    monkeypatch.setattr(signing, "warnings_of", lambda actor, one: [warning])
    assert rule_of(lambda: sign(officer, agreement, override_reason="演示")).rule == "signing_blocked"


def test_guards_are_found_among_what_modules_publish(app, officer, agreement, monkeypatch):
    found = SigningWarning("x", "演示")
    offer = type("M", (), {"publishes": (guards.SigningGuard(lambda actor, one: [found]),)})
    modules = app.extensions["houqin.modules"]
    monkeypatch.setitem(app.extensions, "houqin.modules", (*modules, offer))
    assert found in signing.warnings(officer, agreement)


def test_published_and_filed_within_their_working_days(officer, agreement):
    scan(officer, agreement)
    with pytest.raises(RuleBroken):
        signing.publish(officer, agreement.id, agreement.version)
    sign(officer, agreement)
    assert agreement.signed_on + 2 * DAY <= agreement.publish_by <= agreement.signed_on + 12 * DAY
    assert agreement.signed_on + 7 * DAY <= agreement.file_by  # a weekend may be worked
    assert public.public_agreement(officer.bureau_id, agreement.id) is None
    signing.publish(officer, agreement.id, agreement.version)
    signing.file_copy(officer, agreement.id, agreement.version, today(), "演示-001")
    assert [event.event for event in finding.events_of(officer, agreement)] == ["create", "sign", "publish", "file"]
    again = signing.file_copy(officer, agreement.id, None, today(), "演示-001")
    assert again.filing_reference == "演示-001"
    with pytest.raises(Conflict):
        signing.file_copy(officer, agreement.id, agreement.version, today(), "另一份")


def test_the_world_sees_prices_beside_the_market_of_published_ones_only(world, officer, stocked):
    made.book(officer, {stocked.pork: 2890, stocked.rice: 600}, today() - 9 * DAY, number="JG-1")
    one = signed(officer, both(world, stocked))
    assert public.active_agreements(officer.bureau_id) == []
    signing.publish(officer, one.agreement.id, one.agreement.version)
    assert [found.id for found in public.active_agreements(officer.bureau_id)] == [one.agreement.id]
    assert public.public_agreement(world.bureaus["b"], one.agreement.id) is None
    fixed, discount = public.public_agreement(officer.bureau_id, one.agreement.id).lots
    assert [(item.price_fen, item.market_fen) for item in (*fixed.items, *discount.items)] == [(520, 600), (2529, 2890)]
    assert fixed.items[0].below_market_percent == Decimal("13.3")


def test_each_role_sees_what_it_should(world, officer, stocked, acting):
    east = signed(officer, terms(world.supplier_id(), fixed_lot(stocked, zone_id=world.zones["a-east"]))).agreement
    everywhere = signed(officer, both(world, stocked, "a-2")).agreement
    waiting = pending(officer, both(world, stocked))

    def seen(role, place):
        acting(world.actor(role, place))
        rows = {row.id for row in db.session.query(Agreement)}
        assert rows == {row.id for row in reading.list_agreements(world.actor(role, place)).items}
        lines = {row.agreement_id for row in db.session.query(AgreementItem)}
        return rows, lines

    assert seen("principal", "a1")[0] == {east.id, everywhere.id}
    rows, lines = seen("principal", "a3")
    assert rows == {everywhere.id}
    assert waiting.id not in lines
    assert seen("supplier_user", "a") == ({east.id, waiting.id}, {east.id, waiting.id})
    assert seen("supplier_user", "a-2")[0] == {everywhere.id}
    assert seen("zone_supervisor", "a-west")[0] == {east.id, everywhere.id, waiting.id}
    assert seen("principal", "b1") == (set(), set())
    acting(world.actor("principal", "a3"))
    with pytest.raises(NotFound):
        finding.get_agreement(world.actor("principal", "a3"), east.id)


def test_the_list_s_filter_and_the_rule_say_the_same(world, officer, stocked):
    signed(officer, both(world, stocked))
    signed(officer, both(world, stocked, last_day=today() - DAY))
    signed(officer, both(world, stocked, first_day=today() + DAY))
    signed(officer, both(world, stocked, last_day=today()))
    pending(officer, both(world, stocked))
    every = reading.list_agreements(officer).items
    found = [(name, row.id) for name in ("pending", "signed", "active", "suspended", "terminated", "expired", "cancelled")
             for row in reading.list_agreements(officer, name).items]  # fmt: skip
    assert sorted(found) == sorted((finding.standing_of(row), row.id) for row in every)
    assert len(every) == 5


def test_suppliers_upload_their_own_side_and_read_both(world, officer, agreement, acting):
    scan(officer, agreement, "bureau")
    supplier = acting(world.actor("supplier_user", "a"))
    document_id = new_id()
    for _again in range(2):
        mine = signing.add_document(
            supplier, agreement.id, document_id, jpeg("own"), "own.jpg", kind="signed", side="bureau"
        )
    assert mine.side == "supplier"  # whatever was asked
    assert len(finding.documents_of(supplier, agreement)) == 2
    theirs = finding.documents_of(supplier, agreement)[0]
    assert signing.read_document(supplier, agreement.id, theirs.id)[1][:2] == b"\xff\xd8"
    with pytest.raises(Invalid):
        signing.add_document(supplier, agreement.id, new_id(), b"plain text", "x.txt", kind="signed")
    other = acting(world.actor("supplier_user", "a-2"))
    with pytest.raises(NotFound):
        signing.read_document(other, agreement.id, mine.id)


def test_the_same_id_is_the_same_agreement(world, officer, stocked):
    one = new_id()
    first = making.create(officer, both(world, stocked), agreement_id=one)
    assert making.create(officer, both(world, stocked), agreement_id=one) is first
    with pytest.raises(Conflict):
        making.create(officer, both(world, stocked, "a-2"), agreement_id=one)


def test_terms_that_make_no_sense_are_refused_at_their_field(world, officer, stocked):
    def fields(*lots, **values):
        with pytest.raises(Invalid) as refused:
            making.create(officer, terms(world.supplier_id(), *lots, **values))
        return set(refused.value.fields)

    assert fields() == {"lots"}
    assert fields(fixed_lot(stocked), last_day=today() - timedelta(days=99)) == {"last_day"}
    assert fields(fixed_lot(stocked, discount=Decimal(3))) == {"lots.0.discount"}
    assert fields(discount_lot(stocked, discount=None)) == {"lots.0.discount"}
    assert fields(fixed_lot(stocked, items=[rice(stocked, price_fen=None)])) == {"lots.0.items.0.price_fen"}
    assert fields(fixed_lot(stocked, items=[rice(stocked, unit="吨")])) == {"lots.0.items.0.unit"}
    assert fields(fixed_lot(stocked, items=[rice(stocked), rice(stocked)])) == {"lots.0.items"}
    assert fields(fixed_lot(stocked, school_ids=[world.schools["b1"]])) == {"school_ids"}
    part = {world.schools["a1"]: Decimal(1001)}
    assert fields(fixed_lot(stocked, items=[rice(stocked, by_school=part)])) == {"lots.0.items.0.by_school"}


def test_before_signing_only_name_remarks_and_notice_are_edited(officer, agreement):
    making.edit_pending(officer, agreement.id, agreement.version, title="新名称", notes="备注", notice_on=today() - DAY)
    assert agreement.title == "新名称"
    assert agreement.sign_by >= today() + timedelta(days=29)
    with pytest.raises(Conflict):
        making.edit_pending(officer, agreement.id, 1, title="x", notes="", notice_on=None)
    scan(officer, agreement)
    sign(officer, agreement)
    with pytest.raises(RuleBroken):
        making.edit_pending(officer, agreement.id, agreement.version, title="x", notes="", notice_on=None)


def test_a_tender_s_awards_become_one_agreement_per_winner_once(world, officer, stocked):
    lot = tender_lot(officer, stocked)

    def awarded(actor, tender):
        return [
            terms(world.supplier_id(place), fixed_lot(stocked, tender_lot_id=lot.id), title=tender.title)
            for place in ("a", "a-2")
        ]

    first = from_awards.create_for(officer, lot.tender_id, awarded)
    assert {one.supplier_id for one in first} == {world.supplier_id("a"), world.supplier_id("a-2")}
    assert {one.tender_id for one in first} == {lot.tender_id}
    assert from_awards.create_for(officer, lot.tender_id, awarded) == []
    making.cancel(officer, first[0].id, first[0].version, "演示：拒绝签订")
    (again,) = from_awards.create_for(officer, lot.tender_id, awarded)
    assert again.supplier_id == first[0].supplier_id


def test_before_the_result_is_announced_there_is_no_agreement(world, officer, stocked):
    lot = tender_lot(officer, stocked)
    db.session.execute(text("UPDATE tenders SET state = 'award_decision'"))
    db.session.expire_all()
    refused = rule_of(lambda: from_awards.create_for(officer, lot.tender_id, lambda actor, tender: []))
    assert refused.rule == "agreement_not_awarded"


def test_the_catalogue_is_narrowed_to_what_was_agreed(world, officer, stocked):
    a1 = world.schools["a1"]
    assert reading.allowed_items(officer.bureau_id, a1, today()) is None
    signed(officer, terms(world.supplier_id(), fixed_lot(stocked, zone_id=world.zones["a-east"])))
    assert reading.allowed_items(officer.bureau_id, a1, today()) == {stocked.rice}
    assert reading.allowed_items(officer.bureau_id, world.schools["a3"], today()) == frozenset()


@pytest.fixture
def awarded(world, session):
    """A tender after its time for challenges, with its agreements made, scanned and ready to be signed."""
    found = published.brought(world, "contracting")
    officer = tenders.officer(world)
    rows = from_awards.create_for(officer, found.id)
    for one in rows:
        scan(officer, one)
    return found, rows


def sign_today(actor, agreement):
    day = today()
    return signing.sign(
        actor, agreement.id, agreement.version, supplier_signed_on=day, bureau_signed_on=day, override_reason="演示"
    )


def test_an_agreement_whose_award_was_withdrawn_is_not_signed(world, awarded):
    found, rows = awarded
    officer, other = tenders.officer(world), tenders.reviewer(world)
    award = active_awards(officer, found.id)[0]
    mine = next(one for one in rows if one.supplier_id == award.supplier_id)
    cancelling.ask(officer, award.id, award.version, "found_ineligible", "演示：伪造证照")
    cancelling.confirm(other, award.id, award.version)
    assert rule_of(lambda: sign_today(officer, mine)).rule == "agreement_not_awarded"
    assert mine.state == "pending"


def test_while_the_tender_is_stopped_nothing_is_signed(world, awarded):
    found, rows = awarded
    officer = tenders.officer(world)
    ending.suspend(officer, found.id, found.made.tender.version, "演示：财政部门通知暂停")
    assert rule_of(lambda: sign_today(officer, rows[0])).rule == "agreement_not_awarded"
    ending.resume(officer, found.id, found.made.tender.version, "演示：恢复")
    assert sign_today(officer, rows[0]).state == "signed"


def test_one_officer_does_not_cancel_the_lot_under_an_award(world, awarded):
    found, _rows = awarded
    officer = tenders.officer(world)
    lot = next(one for one in tender_reading.lots_of(officer, found.id) if one.state == "awarded")
    with pytest.raises(Conflict, match="已经定标"):
        tender_lots.cancel_lot(officer, found.id, lot.id, lot.version, "演示")
