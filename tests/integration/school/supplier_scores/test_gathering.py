"""Facts as they are read from orders, receipts and rejections."""

from collections import Counter
from datetime import timedelta

import pytest

from kernel.database import clock_at, db, new_id
from kernel.database.scope import use_scope
from kernel.errors import RuleBroken
from school.orders.models import BatchCertificate, CertificateFinding
from school.orders.service import answering, certificates, drafting
from school.orders.service.finding import get_order
from school.supplier_scores.models import SupplierFact, SupplierFactCount
from school.supplier_scores.service import gathering, publishing
from school.supply.rejections import settling
from school.supply.rejections.finding import of_receipt
from school.supply.service import voiding
from tests.support.deliveries import received, refusing
from tests.support.orders import draft, lots, sent
from tests.support.supplier_scores import (
    at,
    closed,
    delivered,
    facts,
    gathered,
    officer_of,
    ordered,
    outcomes,
)


def test_a_good_delivery_is_a_good_fact_of_every_criterion(shop):
    order, _receipt = delivered(shop, 3)
    gathered(shop, 3)
    assert Counter((fact.criterion, fact.code, fact.is_kept) for fact in facts(shop)) == {
        ("on_time", "on_time", True): 1, ("short", "full", True): 2, ("rejected", "accepted", True): 2,
        ("certificates", "complete", True): 2, ("response", "answered", True): 1,
    }  # fmt: skip
    fact = facts(shop, "on_time")[0]
    assert (fact.label, fact.order_id, fact.day) == (order.number, order.id, order.deliver_on)
    assert fact.detail["due"].endswith("07:30")


@pytest.mark.parametrize(("hour", "minute", "code"), [(7, 45, "on_time"), (7, 46, "late")])
def test_late_begins_after_the_minutes_that_the_bureau_allows(shop, hour, minute, code):
    delivered(shop, 2, hour=hour, minute=minute)
    gathered(shop, 2)
    assert outcomes(shop, "on_time") == [code]


def test_an_order_that_nobody_brought_is_late_until_it_comes(shop):
    order = ordered(shop, 1)
    gathered(shop, 1)
    assert outcomes(shop, "on_time") == []
    gathered(shop, 2)
    assert outcomes(shop, "on_time") == ["not_come"]
    use_scope(db.session(), officer_of(shop).scope)
    assert get_order(officer_of(shop), order.id).state == "confirmed"


def test_a_voided_receipt_counts_no_more(shop):
    _order, receipt = delivered(shop, 1, hour=9)
    run = gathered(shop, 1)
    assert outcomes(shop, "on_time") == ["late"]
    assert run.totals["rejected"] == [2, 2]
    with clock_at(at(1, 10)):
        voiding.void_receipt(shop.actor("storekeeper", "a1"), receipt.id, receipt.version, "重复登记")
    run = gathered(shop, 1)
    assert (outcomes(shop, "on_time"), outcomes(shop, "rejected"), outcomes(shop, "short")) == ([], [], [])
    assert run.totals["on_time"] == [0, 0]


def test_what_is_missing_when_the_order_is_closed_is_short_beyond_the_tolerance(shop):
    order, _receipt = delivered(shop, 1, quantities=("90", "19.5"))
    gathered(shop, 1)
    assert outcomes(shop, "short") == []
    closed(shop, order, 1)
    gathered(shop, 1)
    rice, pork = sorted(facts(shop, "short"), key=lambda fact: fact.is_kept)
    assert (rice.code, rice.detail["missing"], pork.code) == ("short", "10", "full")


def test_what_the_school_gave_up_before_the_day_is_nobodys_shortage(shop):
    order, _receipt = delivered(shop, 3, quantities=("60", "20"), hour=6)
    with clock_at(at(2, 12)):
        # Closed the day before what is left was due: the day was moved, nobody waits for the rest.
        use_scope(db.session(), shop.cook().scope)
        made = get_order(shop.cook(), order.id)
        made.deliver_on = made.deliver_on + timedelta(days=1)
    closed(shop, order, 3)
    gathered(shop, 4)
    assert outcomes(shop, "short") == ["full"]


@pytest.mark.parametrize(
    ("reason", "rejected", "certified"),
    [("spoiled", "spoiled", "complete"), ("no_certificate", "accepted", "no_certificate"),
     ("surplus", "accepted", "complete")],
)  # fmt: skip
def test_only_reasons_that_are_the_suppliers_count(shop, reason, rejected, certified):
    delivered(shop, 1, refusing(shop, "6", reason))
    gathered(shop, 1)
    assert sorted(outcomes(shop, "rejected")) == sorted(["accepted", rejected])
    assert sorted(outcomes(shop, "certificates")) == sorted(["complete", certified])


def test_a_lot_refused_whole_for_its_papers_says_nothing_of_the_goods(shop):
    delivered(shop, 1, refusing(shop, "100", "no_certificate"))
    gathered(shop, 1)
    assert outcomes(shop, "rejected") == ["accepted"]


def test_a_finding_counts_once_the_bureau_holds_it_against_the_supplier(shop):
    delivered(shop, 1)
    officer = officer_of(shop)
    paper = db.session.scalars(db.select(BatchCertificate).limit(1)).one()
    for code in ("number_reused", "file_reused"):
        found_at = at(1, 8)
        with clock_at(found_at):
            row = CertificateFinding(
                bureau_id=officer.bureau_id, supplier_id=paper.supplier_id, certificate_id=paper.id, code=code,
                detail="X", found_at=found_at, found_at_school_id=shop.world.schools["a1"],
            )  # fmt: skip
            db.session.add(row)
            db.session.flush()
            certificates.settle(officer, row.id, "已核查", is_against=code == "file_reused")
    gathered(shop, 1)
    failed = [fact for fact in facts(shop, "certificates") if not fact.is_kept]
    assert [(fact.kind, fact.code, fact.school_name) for fact in failed] == [("finding", "file_reused", "演示第一小学")]


def test_declined_and_unanswered_orders_fail_and_those_taken_back_in_time_do_not(shop):
    declined = ordered(shop, 3, make=sent)
    with clock_at(at(2, 11)):
        answering.decline(shop.supplier, declined.id, declined.version, "缺货")
    ordered(shop, 3, make=sent)
    taken_back = ordered(shop, 3, make=sent)
    with clock_at(at(2, 12)):
        drafting.cancel(shop.cook(), taken_back.id, taken_back.version, "停餐")
    with clock_at(at(2, 9)):
        draft(shop)
    with clock_at(at(3, 8)):
        gathering.gather(officer_of(shop))
    assert outcomes(shop, "response") == ["declined"]
    gathered(shop, 3)
    assert outcomes(shop, "response") == ["declined", "unanswered"]


def test_an_answer_to_a_rejection_has_its_time(shop):
    _order, receipt = delivered(shop, 1, refusing(shop, "6"))
    gathered(shop, 1)
    assert outcomes(shop, "response") == ["answered"]
    gathered(shop, 2)
    assert outcomes(shop, "response") == ["answered", "unanswered"]
    with clock_at(at(2, 21)):
        supplier = shop.supplier
        rejection = of_receipt(supplier, receipt.school_id, receipt.id)
        settling.answer(supplier, rejection.id, rejection.version, answer="credit", note="扣款", promised_on=None)
    gathered(shop, 3)
    assert outcomes(shop, "response") == ["answered", "answered_late"]


@pytest.mark.parametrize(("came", "code"), [(3, "on_time"), (4, "late")])
def test_goods_sent_again_are_due_by_the_day_that_was_promised(shop, came, code):
    batch = f"L-{new_id().hex[-6:]}"
    order, receipt = delivered(shop, 1, refusing(shop, "30"), batch=batch)
    promised, day = at(3).date(), at(came)
    with clock_at(at(1, 11)):
        supplier = shop.supplier
        rejection = of_receipt(supplier, receipt.school_id, receipt.id)
        settling.answer(supplier, rejection.id, rejection.version, answer="replace", note="补", promised_on=promised)
    with clock_at(day):
        again = settling.ship_again(
            shop.supplier, rejection.id, new_id(), lines=lots(order, "30", batch=batch), expected_on=day.date()
        )
        received(shop, again)
    gathered(shop, 5)
    replacement = next(fact for fact in facts(shop, "on_time") if fact.kind == "replacement")
    assert (replacement.code, replacement.day, replacement.detail["due"]) == (code, order.deliver_on, f"{promised}")
    assert outcomes(shop, "short") == ["full", "full"]
    assert sorted(outcomes(shop, "rejected")) == ["accepted", "accepted", "bad_quality"]


def test_gathering_twice_changes_nothing(shop):
    delivered(shop, 1, refusing(shop, "6"))
    first = gathered(shop, 1)
    before = {fact.id for fact in facts(shop)}
    second = gathered(shop, 1)
    assert {fact.id for fact in facts(shop)} == before
    assert (second.number, second.totals) == (first.number + 1, first.totals)
    assert all(fact.since_run == first.number and fact.until_run is None for fact in db.session.query(SupplierFact))


def test_counts_are_the_sums_of_the_facts(shop):
    delivered(shop, 1, refusing(shop, "6"), hour=9)
    delivered(shop, 2, school="a2")
    gathered(shop, 2)
    use_scope(db.session(), officer_of(shop).scope)
    wanted = Counter()
    for fact in facts(shop):
        wanted[fact.school_id, fact.criterion, "total"] += 1
        wanted[fact.school_id, fact.criterion, "kept"] += fact.is_kept
    found = Counter()
    for row in db.session.scalars(db.select(SupplierFactCount)):
        found[row.school_id, row.criterion, "total"] += row.total
        found[row.school_id, row.criterion, "kept"] += row.kept
    assert found == wanted


def test_nothing_can_be_published_before_facts_were_gathered(shop):
    with pytest.raises(RuleBroken) as refused:
        publishing.publish(officer_of(shop), shop.agreement.id, at(0).date())
    assert refused.value.rule == "no_facts"
