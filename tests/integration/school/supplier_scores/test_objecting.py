"""What was published stays as it was; what a supplier proves wrong is struck, beside it."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import ProgrammingError

from kernel.database import clock_at, db, new_id
from kernel.database.scope import use_scope
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.notices.models import Notice
from kernel.web.dates import today
from school.supplier_scores.models import SupplierFact, SupplierScore, SupplierScorePublication
from school.supplier_scores.service import objecting, publishing, reading
from school.supplier_scores.service.facts import get_fact, list_facts
from school.supply.service import voiding
from tests.support.orders import market
from tests.support.supplier_scores import allow, at, delivered, facts, gathered, officer_of, outcomes, published


@pytest.fixture
def scored(shop):
    """Two deliveries, one of them late, published on day 3; two deliveries are enough for a number."""
    allow(shop, least_deliveries=2, least_facts=2)
    delivered(shop, 1)
    _order, shop.receipt = delivered(shop, 2, hour=9)
    shop.publication = published(shop, 3)
    return shop


def late(of):
    return next(fact for fact in facts(of, "on_time") if fact.code == "late")


def objected(of, days=4, **changes):
    fact = late(of)
    with clock_at(at(days)):
        return objecting.object_to(of.supplier, fact.id, **{"objection_id": new_id(), "reason": "校门未开", **changes})


def score_now(of):
    return publishing.newest_scores(officer_of(of), of.publication.id)[of.agreement.supplier_id]


def test_a_published_score_follows_from_its_facts(scored):
    row = score_now(scored)
    assert (row.state, row.revision) == ("scored", 0)
    assert row.counts["on_time"] == [1, 2]
    # One supplier is its own mean: 30 × 1/2 + 70.
    assert (row.points, str(row.score)) == ("85", "85.0")
    assert publishing.recomputes(scored.publication, row)


def test_a_published_score_stays_whatever_becomes_of_a_receipt(scored):
    before = score_now(scored).points
    with clock_at(at(4)):
        voiding.void_receipt(scored.actor("storekeeper", "a1"), scored.receipt.id, scored.receipt.version, "误登")
    gathered(scored, 4)
    assert outcomes(scored, "on_time") == ["on_time"]
    row = score_now(scored)
    assert row.points == before
    assert publishing.recomputes(scored.publication, row)


@pytest.mark.parametrize("changes", [{"facts_digest": "0" * 64}, {"points": "99"}, {"counts": {"on_time": [2, 2]}}])
def test_a_score_that_says_something_else_does_not_recompute(scored, changes):
    row = score_now(scored)
    with db.session.no_autoflush:
        for name, value in changes.items():
            setattr(row, name, value)
        assert not publishing.recomputes(scored.publication, row)
        db.session.expire(row)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE supplier_facts SET is_kept = true", "DELETE FROM supplier_facts", "UPDATE supplier_scores SET score = 100",
     "DELETE FROM supplier_scores", "UPDATE supplier_score_publications SET run = 0",
     "UPDATE supplier_fact_objection_events SET reason = ''"],
)  # fmt: skip
def test_not_even_the_bureau_alters_what_was_written(scored, statement):
    officer_of(scored)
    with pytest.raises(ProgrammingError, match="permission denied"), db.session.begin_nested():
        db.session.execute(db.text(statement))


def test_an_upheld_objection_strikes_the_fact_and_both_scores_stay(scored):
    objection = objected(scored)
    officer = officer_of(scored)
    with clock_at(at(5)):
        objecting.decide(officer, objection.id, objection.version, event="uphold", decision="监控证实")
    rows = reading.latest_published(officer)
    assert rows[scored.agreement.supplier_id].row.revision == 1
    row = score_now(scored)
    assert row.counts["on_time"] == [1, 1]
    assert row.objection_id == objection.id
    assert db.session.query(SupplierScore).filter_by(publication_id=scored.publication.id).count() == 2
    for one in db.session.query(SupplierScore):
        assert publishing.recomputes(scored.publication, one)
    assert outcomes(scored, "on_time") == ["on_time"]
    _run, standing = reading.standing(officer, scored.agreement.supplier_id, "")
    assert standing.counts["on_time"].total == 1
    gathered(scored, 6)
    assert outcomes(scored, "on_time") == ["on_time"]
    shown = list_facts(officer, scored.agreement.supplier_id).items
    assert [(fact.code, fact.struck_run is not None) for fact in shown] == [("late", True)]


def test_a_struck_fact_stays_struck_when_its_record_changes(scored):
    objection = objected(scored)
    objecting.decide(officer_of(scored), objection.id, objection.version, event="uphold", decision="属实")
    allow(scored, late_minutes=200)
    gathered(scored, 5)
    assert outcomes(scored, "on_time") == ["on_time"]
    query = db.select(SupplierFact).where(SupplierFact.criterion == "on_time", SupplierFact.until_run.is_(None))
    assert sorted(fact.struck_run is None for fact in db.session.scalars(query)) == [False, True]


def test_a_rejected_objection_changes_nothing(scored):
    objection = objected(scored)
    row = objecting.decide(officer_of(scored), objection.id, objection.version, event="reject", decision="签收为九点")
    assert (row.state, score_now(scored).revision) == ("rejected", 0)
    use_scope(db.session(), scored.supplier.scope)
    with pytest.raises(Conflict):
        objected(scored)


def test_the_same_objection_sent_twice_is_one_and_another_is_refused(scored):
    one = new_id()
    first = objected(scored, objection_id=one)
    assert objected(scored, objection_id=one).id == first.id
    with pytest.raises(Conflict):
        objected(scored, objection_id=one, reason="别的理由")
    with pytest.raises(Conflict):
        objected(scored)


def test_one_taken_back_may_be_made_again(scored):
    objection = objected(scored)
    objecting.withdraw(scored.supplier, objection.id, objection.version)
    again = objected(scored)
    assert again.id != objection.id
    officer = officer_of(scored)
    with pytest.raises(Conflict):
        objecting.decide(officer, objection.id, objection.version, event="uphold", decision="x")


def test_the_term_ends_with_its_last_day(scored):
    with pytest.raises(RuleBroken) as refused:
        objected(scored, days=14)
    assert refused.value.rule == "objection_too_late"
    assert objected(scored, days=13).state == "open"


def test_good_facts_need_no_objection(scored):
    good = next(fact for fact in facts(scored, "on_time") if fact.is_kept)
    with clock_at(at(4)), pytest.raises(RuleBroken) as refused:
        objecting.object_to(scored.supplier, good.id, new_id(), "多此一举")
    assert refused.value.rule == "objection_kept"
    with clock_at(at(4)), pytest.raises(Invalid):
        objecting.object_to(scored.supplier, late(scored).id, new_id(), "  ")


def test_another_company_finds_neither_facts_nor_scores(scored):
    fact = late(scored)
    objection = objected(scored)
    other = scored.actor("supplier_user", "a-2")
    for ask in (
        lambda: get_fact(other, fact.id), lambda: objecting.get_objection(other, objection.id),
        lambda: objecting.object_to(other, fact.id, new_id(), "别家"),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            ask()
    # Even a query without a condition: row-level security shows nothing of it.
    for model in (SupplierFact, SupplierScore, objecting.SupplierFactObjection, reading.SupplierFactCount):
        assert db.session.query(model).count() == 0
    assert reading.latest_published(other) == {}


def test_another_bureau_and_another_school_find_nothing(scored):
    scored.actor("procurement_officer", "b")
    for model in (SupplierFact, SupplierScore, SupplierScorePublication):
        assert db.session.query(model).count() == 0
    director = scored.actor("logistics_director", "a2")
    assert db.session.query(SupplierFact).count() == 0
    assert reading.at_school(director) == []
    director = scored.actor("logistics_director", "a1")
    assert [one.published.row.score for one in reading.at_school(director)] == [score_now(scored).score]


def test_a_supplier_cannot_uphold_its_own_objection_even_by_hand(scored):
    objected(scored)
    with pytest.raises(ProgrammingError), db.session.begin_nested():
        db.session.execute(db.text("UPDATE supplier_fact_objections SET state = 'upheld'"))


def test_published_twice_is_published_once(scored):
    with clock_at(at(3, 21)):
        officer = officer_of(scored)
        again = publishing.publish(officer, scored.publication.id, today())
        assert again.id == scored.publication.id
        with pytest.raises(Conflict):
            publishing.publish(officer, new_id(), today())
        with pytest.raises(Invalid):
            publishing.publish(officer, new_id(), today() + timedelta(days=1))
    assert db.session.query(SupplierScorePublication).count() == 1


def test_few_deliveries_are_no_number(shop):
    delivered(shop, 1)
    row = publishing.newest_scores(officer_of(shop), published(shop, 1).id)[shop.agreement.supplier_id]
    assert (row.state, row.points, row.score) == ("not_enough", None, None)


def test_the_supplier_is_told_and_the_officer_too(scored):
    objection = objected(scored)
    use_scope(db.session(), officer_of(scored).scope)
    kinds = {notice.kind for notice in db.session.query(Notice)}
    assert {"supplier_score", "fact_objection"} <= kinds
    assert objecting.events_of(objection)[0].event == "object"


def test_the_mean_is_the_bureaus_and_not_the_other_companys(world, shop):
    """A second company in the same bureau is drawn towards both together."""
    other = market(world, "a-2", fixed=True)
    allow(shop, least_deliveries=1)
    delivered(shop, 1, hour=9)
    delivered(other, 1, school="a2")
    rows = publishing.newest_scores(officer_of(shop), published(shop, 1).id)
    one, two = rows[shop.agreement.supplier_id], rows[other.agreement.supplier_id]
    # on time: (0 + 10 × 1/2) / 11 against (1 + 10 × 1/2) / 11, of 30 points.
    assert (one.points, two.points) == ("920/11", "950/11")


def test_the_clock_publishes_the_last_month_once(shop):
    delivered(shop, 0)
    first = (today().replace(day=1) + timedelta(days=32)).replace(day=1)
    with clock_at(at((first - today()).days + 4, 5)):
        officer = officer_of(shop)
        made = publishing.publish_by_clock(officer)
        assert (made.last_day, made.first_day.day) == (first - timedelta(days=1), 1)
        assert publishing.publish_by_clock(officer) is None
    assert db.session.query(SupplierScore).count() == 1


def test_the_clock_publishes_nothing_where_nobody_delivered(shop):
    assert publishing.publish_by_clock(officer_of(shop)) is None
    assert db.session.query(SupplierScorePublication).count() == 0
