"""Mini-competitions and direct choices: what nobody sees before its time, who wins, what is kept."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from bureau.agreements.service import choosing, competing, pricing
from bureau.agreements.stage_models import MiniCompetitionAnswer
from kernel.database import db, new_id, now
from kernel.database.scope import use_scope
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.web.dates import today
from tests.support.agreements import fixed_lot, rice, signed, terms
from tests.support.samples.agreements import tender_lot


@pytest.fixture
def lot(world, officer, stocked):
    """Company a at 5.20, company a-2 at 5.40."""
    lot = tender_lot(officer, stocked)
    for place, price in (("a", 520), ("a-2", 540)):
        items = [rice(stocked, price_fen=price)]
        signed(officer, terms(world.supplier_id(place), fixed_lot(stocked, items=items, tender_lot_id=lot.id)))
    return lot


@pytest.fixture
def competition(officer, lot, stocked):
    return start(officer, lot, stocked)


def start(officer, lot, stocked, **values):
    given = {
        "tender_lot_id": lot.id, "title": "演示竞价", "deadline": now() + timedelta(hours=2),
        "lines": [(stocked.rice, Decimal(100))], **values,
    }  # fmt: skip
    return competing.start(officer, given.pop("competition_id", None) or new_id(), **given)


def as_supplier(world, place):
    actor = world.actor("supplier_user", place)
    use_scope(db.session(), actor.scope)
    return actor


def answer(world, place, competition, stocked, fen, answer_id=None):
    return competing.answer(as_supplier(world, place), competition.id, answer_id or new_id(), {stocked.rice: fen})


def as_officer(officer):
    use_scope(db.session(), officer.scope)
    db.session.expire_all()
    return officer


def after_the_deadline(monkeypatch, competition):
    monkeypatch.setattr(competing, "now", lambda: competition.deadline)


def test_an_answer_is_its_supplier_s_alone_until_the_deadline(world, officer, stocked, competition, monkeypatch):
    answer(world, "a", competition, stocked, 500)
    as_supplier(world, "a-2")
    assert db.session.query(MiniCompetitionAnswer).count() == 0
    as_officer(officer)
    assert db.session.query(MiniCompetitionAnswer).count() == 0  # the role has no right to the row, whatever is asked
    assert competing.answers_of(officer, competition) == []
    with pytest.raises(RuleBroken):
        competing.decide(officer, competition.id, competition.version)
    with pytest.raises(ProgrammingError), db.session.begin_nested():
        db.session.execute(text("UPDATE mini_competition_answers SET is_disclosed = true"))
    after_the_deadline(monkeypatch, competition)
    assert [one.total_fen for one in competing.answers_of(officer, competition)] == [50_000]


def test_the_lowest_total_wins_and_how_is_kept(world, officer, stocked, competition, monkeypatch):
    answer(world, "a", competition, stocked, 500)
    answer(world, "a-2", competition, stocked, 499)
    as_officer(officer)
    after_the_deadline(monkeypatch, competition)
    decided = competing.decide(officer, competition.id, competition.version)
    assert (decided.state, decided.winner_id) == ("decided", world.supplier_id("a-2"))
    assert [one["total_fen"] for one in decided.account["answers"]] == [49_900, 50_000]
    assert competing.decide(officer, competition.id, None) is decided


def test_a_new_answer_replaces_the_old_and_the_clock_of_the_server_closes(
    world, officer, stocked, competition, monkeypatch
):
    first = new_id()
    answer(world, "a", competition, stocked, 510, first)
    answer(world, "a", competition, stocked, 510, first)
    answer(world, "a", competition, stocked, 505)
    mine = competing.own_answers(world.actor("supplier_user", "a"), competition.id)
    assert [(one.number, one.state, one.total_fen) for one in mine] == [(1, "replaced", 51_000), (2, "current", 50_500)]
    with pytest.raises(Conflict):
        answer(world, "a", competition, stocked, 1, first)
    after_the_deadline(monkeypatch, competition)
    with pytest.raises(RuleBroken):
        answer(world, "a", competition, stocked, 400)


def test_each_supplier_s_own_framework_price_is_its_ceiling(world, officer, stocked, competition):
    answer(world, "a-2", competition, stocked, 540)
    for fen in (521, 0):
        with pytest.raises(Invalid):
            answer(world, "a", competition, stocked, fen)
    answer(world, "a", competition, stocked, 520)
    with pytest.raises(Invalid):
        competing.answer(world.actor("supplier_user", "a"), competition.id, new_id(), {})


def test_a_supplier_s_row_cannot_be_rewritten(world, officer, stocked, competition):
    answer(world, "a", competition, stocked, 500)
    for change in ("total_fen = 1", "prices = '{}'", "is_disclosed = true", "answered_at = now()"):
        with pytest.raises(ProgrammingError), db.session.begin_nested():
            db.session.execute(text(f"UPDATE mini_competition_answers SET {change}"))


def test_without_an_answer_it_failed_and_before_the_deadline_it_can_be_cancelled(officer, lot, stocked, monkeypatch):
    silent, cancelled = start(officer, lot, stocked), start(officer, lot, stocked)
    competing.cancel(officer, cancelled.id, cancelled.version, "演示")
    assert cancelled.state == "cancelled"
    after_the_deadline(monkeypatch, silent)
    assert competing.decide(officer, silent.id, silent.version).state == "failed"
    with pytest.raises(RuleBroken):
        competing.cancel(officer, silent.id, silent.version, "演示")


def test_who_was_not_asked_does_not_find_it(world, officer, stocked, competition):
    other = world.actor("supplier_user", "b")
    use_scope(db.session(), other.scope)
    with pytest.raises(NotFound):
        competing.get_competition(other, competition.id)


def test_a_competition_needs_time_and_two_who_can_deliver(world, officer, lot, stocked):
    with pytest.raises(Invalid):
        start(officer, lot, stocked, deadline=now() + timedelta(minutes=29))
    with pytest.raises(RuleBroken):
        start(officer, lot, stocked, lines=[(stocked.salt, Decimal(1))])
    for lines in ([], [(stocked.rice, Decimal(0))], [(stocked.rice, Decimal(1)), (stocked.rice, Decimal(2))]):
        with pytest.raises(Invalid):
            start(officer, lot, stocked, lines=lines)
    one = new_id()
    deadline = now() + timedelta(hours=2)
    first = start(officer, lot, stocked, competition_id=one, deadline=deadline)
    assert start(officer, lot, stocked, competition_id=one, deadline=deadline) is first


def test_a_school_chooses_with_a_reason_and_all_offers_are_kept(world, officer, lot, stocked):
    school = world.actor("canteen_manager", "a1")
    use_scope(db.session(), school.scope)
    prices = pricing.prices_for_school(school.bureau_id, school.school_id, today())
    cheap, dear = prices[stocked.rice]
    assert choosing.chosen_price(prices, {}, stocked.rice) is cheap
    with pytest.raises(Invalid):
        choosing.choose(school, new_id(), dear.agreement_item_id, " ")
    one = new_id()
    for _again in range(2):
        choice = choosing.choose(school, one, dear.agreement_item_id, "演示：离学校近")
    assert [offer["price_fen"] for offer in choice.offers] == [520, 540]
    choices = choosing.choices_of(school, school.school_id)
    assert choosing.chosen_price(prices, choices, stocked.rice).agreement_item_id == dear.agreement_item_id
    choosing.choose(school, new_id(), cheap.agreement_item_id, "演示：改回")
    choices = choosing.choices_of(school, school.school_id)
    assert choosing.chosen_price(prices, choices, stocked.rice).agreement_item_id == cheap.agreement_item_id
    with pytest.raises(NotFound):
        choosing.choose(school, new_id(), new_id(), "演示")
    with pytest.raises(ProgrammingError), db.session.begin_nested():
        db.session.execute(text("UPDATE direct_choices SET reason = 'x'"))
