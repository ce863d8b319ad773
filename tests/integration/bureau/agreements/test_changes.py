"""Changes: one at a time, two people, within the law's limits; stops that cannot wait."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bureau.agreements.balance_models import AgreementBalance
from bureau.agreements.service import changes, finding, pricing, reading
from kernel.database import db, new_id
from kernel.errors import Conflict, Denied, Invalid, RuleBroken
from kernel.web.dates import today
from tests.support import agreements as made
from tests.support.agreements import both, fixed_lot, rice, signed, terms
from tests.support.catalogue import RICE, item

DAY = timedelta(days=1)


@pytest.fixture
def one(world, officer, stocked):
    made.book(officer, {stocked.pork: 2000, stocked.rice: 500}, today() - 70 * DAY, number="JG-0")
    return signed(officer, both(world, stocked))


def propose(actor, one, kind, details, **values):
    return changes.propose(actor, one.agreement.id, new_id(), kind=kind, reason="演示", details=details, **values)


def approve(actor, one, change):
    return changes.approve(actor, one.agreement.id, change.id, change.version)


def refusal(call):
    with pytest.raises(RuleBroken) as refused:
        call()
    return refused.value


def longer(one, days=9):
    return {"last_day": one.agreement.last_day + days * DAY}


def test_another_person_approves_and_until_then_nothing_moves(officer, approver, one):
    last_day = one.agreement.last_day
    change = propose(officer, one, "term_extension", longer(one))
    with pytest.raises(Denied):
        approve(officer, one, change)
    assert (one.agreement.last_day, change.state) == (last_day, "pending")
    approve(approver, one, change)
    assert (one.agreement.last_day, change.state, change.decided_by) == (
        last_day + 9 * DAY,
        "active",
        approver.account_id,
    )
    event = finding.events_of(officer, one.agreement)[-1]
    assert (event.event, event.details, event.by_id) == (
        "change", {"change": 1, "kind": "term_extension"}, approver.account_id,
    )  # fmt: skip
    assert approve(approver, one, change) is change
    assert one.agreement.last_day == last_day + 9 * DAY


def test_the_database_refuses_one_person_for_both(officer, one):
    change = propose(officer, one, "term_extension", longer(one))
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(
            text("UPDATE agreement_changes SET state = 'active', decided_at = now(), decided_by = created_by")
        )
    assert change.state == "pending"


def test_one_pending_at_a_time(officer, approver, one):
    first = propose(officer, one, "term_extension", longer(one))
    with pytest.raises(Conflict) as refused:
        propose(approver, one, "supplier_data", {"fields": {"bank": "演示银行"}})
    assert refused.value.current == {"change_id": str(first.id)}
    changes.withdraw(officer, one.agreement.id, first.id, first.version, "演示：撤回")
    second = propose(approver, one, "supplier_data", {"fields": {"bank": "演示银行"}})
    assert (first.state, second.number) == ("cancelled", 2)
    approve(officer, one, second)
    assert one.agreement.supplier_data == {"bank": "演示银行"}
    with pytest.raises(RuleBroken):
        changes.withdraw(officer, one.agreement.id, second.id, second.version, "x")


def test_the_same_proposal_sent_twice_is_one(officer, one):
    change_id = new_id()
    for _again in range(2):
        changes.propose(officer, one.agreement.id, change_id, kind="term_extension", reason="演示", details=longer(one))
    assert len(finding.changes_of(officer, one.agreement)) == 1


def supplement(one, quantity):
    line = one.items[0]
    return {"lines": [{"agreement_item_id": str(line.id), "quantity": quantity}]}


def test_supplements_reach_ten_percent_of_the_amount_and_no_further(officer, approver, one):
    # rice 1000 × 5.20 + pork 500 × 17.50 (20.00 less 12.5 %) = 13,950.00; a tenth is 1,395.00 = 268.27 kg of rice
    assert one.agreement.original_amount_fen == 520_000 + 875_000
    refused = refusal(lambda: propose(officer, one, "quantity_supplement", supplement(one, "268.28")))
    assert (refused.rule, "四十九" in refused.citation) == ("supplement_limit", True)
    change = propose(officer, one, "quantity_supplement", supplement(one, "200"))
    approve(approver, one, change)
    assert change.amount_fen == 104_000
    assert db.session.query(AgreementBalance).filter_by(agreement_item_id=one.items[0].id).one().quantity == 1200
    assert one.items[0].quantity == 1000  # what was agreed stays
    refusal(lambda: propose(officer, one, "quantity_supplement", supplement(one, "68.28")))
    approve(approver, one, propose(officer, one, "quantity_supplement", supplement(one, "68.27")))
    assert reading.reconcile(officer.bureau_id) == []


def test_an_added_item_is_of_the_lot_s_category_and_counts_against_the_limit(officer, approver, one, stocked):
    other = item(officer, stocked.grain, {**RICE, "code": "GR09", "name": "糯米"})
    lot = one.lots[0]
    details = {"lot_id": lot.id, "item_id": other, "unit": "kg", "price_fen": 600, "quantity": "100"}
    with pytest.raises(Invalid):
        propose(officer, one, "item_added", {**details, "item_id": stocked.salt})
    with pytest.raises(Invalid):
        propose(officer, one, "item_added", {**details, "item_id": stocked.rice})
    refusal(lambda: propose(officer, one, "item_added", {**details, "quantity": "232.51"}))
    approve(approver, one, propose(officer, one, "item_added", details))
    found = pricing.price_of(officer.bureau_id, one.agreement.id, other, None, today())
    assert (found.fen, found.unit) == (600, "kg")
    assert reading.reconcile(officer.bureau_id) == []
    refusal(lambda: propose(officer, one, "quantity_supplement", supplement(one, "200")))


def price_line(one, **values):
    return {"lines": [{"agreement_item_id": str(one.items[0].id), **values}]}


def test_a_fixed_price_follows_the_market_by_the_rule_alone(officer, approver, one, stocked):
    # Since the first day (book JG-0: 5.00) the reference must have moved by a tenth.
    made.book(officer, {stocked.rice: 549}, today() - 2 * DAY, number="JG-1")
    refused = refusal(lambda: propose(officer, one, "price_change", {"rule": "market", **price_line(one)}))
    assert refused.rule == "price_not_moved"
    made.book(officer, {stocked.rice: 700}, today() - DAY, number="JG-2")
    assert (
        refusal(lambda: propose(officer, one, "price_change", {"rule": "market", **price_line(one)})).rule
        == "price_too_far"
    )
    made.book(officer, {stocked.rice: 560}, today(), number="JG-3")
    change = propose(officer, one, "price_change", {"rule": "market", **price_line(one, price_fen=1)})
    (line,) = change.details["lines"]
    assert (line["before_fen"], line["price_fen"], line["then_book"], line["now_book"]) == (520, 582, "JG-0", "JG-3")
    approve(approver, one, change)
    assert pricing.price_of(officer.bureau_id, one.agreement.id, stocked.rice, None, today()).fen == 582
    # From here the next comparison begins at this price's own day.
    assert (
        refusal(lambda: propose(officer, one, "price_change", {"rule": "market", **price_line(one)})).rule
        == "price_not_moved"
    )


def test_nobody_raises_a_price_by_hand(officer, one):
    for fen in (520, 521):
        with pytest.raises(Invalid):
            propose(officer, one, "price_change", {"rule": "lower", **price_line(one, price_fen=fen)})
    with pytest.raises(Invalid):
        propose(
            officer, one, "price_change", {"rule": "lower", "lines": [{"lot_id": one.lots[1].id, "discount": "12.5"}]}
        )
    with pytest.raises(Invalid):
        propose(officer, one, "price_change", {"rule": "lower", "lines": []})


def test_no_price_changes_backwards(officer, approver, one, stocked, monkeypatch):
    with pytest.raises(Invalid):
        propose(
            officer, one, "price_change", {"rule": "lower", **price_line(one, price_fen=500)}, from_day=today() - DAY
        )
    change = propose(officer, one, "price_change", {"rule": "lower", **price_line(one, price_fen=500)})
    from bureau.agreements.service import change_checks

    later = today() + 5 * DAY
    for module in (changes, change_checks):
        monkeypatch.setattr(module, "today", lambda: later)
    approve(approver, one, change)
    assert change.from_day == later
    assert pricing.price_of(officer.bureau_id, one.agreement.id, stocked.rice, None, later - DAY).fen == 520


def test_suspension_of_one_lot_leaves_the_other(world, officer, approver, one, stocked):
    change = propose(officer, one, "suspension", {"lot_id": one.lots[0].id})
    approve(approver, one, change)
    found = pricing.prices_for_school(officer.bureau_id, world.schools["a1"], today())
    assert set(found) == {stocked.pork}
    with pytest.raises(Invalid):
        propose(officer, one, "resumption", {})  # the agreement itself is not suspended
    approve(approver, one, propose(officer, one, "resumption", {"lot_id": one.lots[0].id}))
    assert set(pricing.prices_for_school(officer.bureau_id, world.schools["a1"], today())) == {
        stocked.pork,
        stocked.rice,
    }


def test_an_urgent_stop_holds_at_once_and_a_second_person_confirms(officer, approver, one):
    stop = changes.stop(officer, one.agreement.id, new_id(), reason="演示：食品安全")
    assert (finding.standing_of(one.agreement), stop.state, stop.decided_at) == ("suspended", "active", None)
    with pytest.raises(Denied):
        changes.confirm_stop(officer, one.agreement.id, stop.id, stop.version)
    assert [change.id for change, _agreement in reading.waiting(approver).changes] == [stop.id]
    assert reading.waiting(officer).changes == []
    changes.confirm_stop(approver, one.agreement.id, stop.id, stop.version)
    approve(approver, one, propose(officer, one, "resumption", {}))
    assert finding.standing_of(one.agreement) == "active"
    names = [event.event for event in finding.events_of(officer, one.agreement)]
    assert names[-4:] == ["suspend", "confirm_stop", "resume", "change"]


def test_termination_is_the_end(officer, approver, one):
    approve(approver, one, propose(officer, one, "termination", {}))
    assert (one.agreement.state, one.agreement.terminated_on, one.agreement.state_reason) == (
        "terminated",
        today(),
        "演示",
    )
    assert refusal(lambda: propose(officer, one, "resumption", {})).rule == "change_state"
    assert refusal(lambda: propose(officer, one, "term_extension", longer(one))).rule == "change_state"


def test_an_expired_agreement_is_not_brought_back(world, officer, stocked):
    one = signed(officer, terms(world.supplier_id(), fixed_lot(stocked, items=[rice(stocked)]), last_day=today() - DAY))
    assert refusal(lambda: propose(officer, one, "term_extension", longer(one, 99))).rule == "change_state"


def test_without_a_known_amount_the_limit_is_of_each_quantity(world, officer, stocked):
    one = signed(officer, terms(world.supplier_id(), made.discount_lot(stocked)))
    assert one.agreement.original_amount_fen is None
    propose(officer, one, "quantity_supplement", supplement(one, "50"))
    assert refusal(lambda: approve_too_much(officer, one)).rule == "supplement_limit"


def approve_too_much(officer, one):
    changes.withdraw(officer, one.agreement.id, *_first(officer, one), "x")
    propose(officer, one, "quantity_supplement", supplement(one, Decimal("50.001")))


def _first(officer, one):
    change = finding.changes_of(officer, one.agreement)[0]
    return change.id, change.version
