"""Price books: two people, a publicity, objections, the clock, and what a day's price is."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bureau.prices.models import PriceBook
from bureau.prices.service import books, clock, objecting, reading, surveys
from kernel.database import new_id
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.web.dates import today
from tests.support.prices import fill, in_force, open_round, sign, surveyed


@pytest.fixture
def filled(acting, drafter, reporter, stocked):
    """Rice at 5.00, 5.20, 5.45: the average is 5.2167, the price 5.22."""
    one = open_round(drafter, reporter, [stocked.rice, stocked.pork])
    fill(one, {stocked.rice: [500, 520, 545], stocked.pork: [2800, 2900]})
    acting(drafter)
    return one


@pytest.fixture
def book(drafter, approver, filled):
    return surveyed(drafter, filled, approver)


@pytest.fixture
def publicised(approver, book):
    return books.publicise(approver, book.id, book.version)


def test_a_signed_survey_becomes_a_book_with_its_sources(book, stocked):
    assert book.state == "surveyed"
    (line,) = books.lines_of(book.bureau_id, book.id)
    assert (line.item_id, line.price_fen, str(line.exact)) == (stocked.rice, 522, "521.666667")
    assert [source["price"] for source in line.sources] == ["5.00", "5.20", "5.45"]
    assert line.basis == "survey"
    assert line.previous_fen is None
    # Pork was seen at two sources only: too few, and no earlier book to carry it over from.


def test_a_book_waits_for_the_signature(drafter, filled):
    one = books.draft(drafter, new_id(), title="册", survey_id=filled.survey.id)
    with pytest.raises(RuleBroken) as refused:
        books.take(drafter, one.id, one.version)
    assert refused.value.rule == "survey_unsigned"


def test_whoever_drafts_does_not_approve(session, drafter, book):
    with pytest.raises(RuleBroken) as refused:
        books.publicise(drafter, book.id, book.version)
    assert refused.value.rule == "same_person"
    # The database says so too, whatever the code does.
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            text("UPDATE price_books SET publicised_by = created_by WHERE bureau_id = :b AND id = :i"),
            {"b": book.bureau_id, "i": book.id},
        )


def test_publicity_is_as_long_as_the_figure_asks(approver, book):
    with pytest.raises(RuleBroken) as refused:
        books.publicise(approver, book.id, book.version, effective_from=today() + timedelta(days=6))
    assert refused.value.rule == "publicity_too_short"
    assert refused.value.citation
    done = books.publicise(approver, book.id, book.version, effective_from=today() + timedelta(days=7))
    assert (done.publicity_from, done.publicity_until) == (today(), today() + timedelta(days=6))


def test_schools_and_suppliers_see_a_book_from_its_publicity_on(session, world, acting, approver, drafter, book):
    readers = [world.actor("storekeeper"), world.actor("supplier_user")]
    for reader in readers:
        acting(reader)
        session.expunge_all()
        with pytest.raises(NotFound):
            books.get_book(reader, book.id)
        assert session.get(PriceBook, (book.bureau_id, book.id)) is None
        assert books.lines_of(book.bureau_id, book.id) == []
    acting(approver)
    books.publicise(approver, book.id, book.version)
    for reader in readers:
        acting(reader)
        session.expunge_all()
        assert books.get_book(reader, book.id).state == "publicised"
        assert len(books.lines_of(book.bureau_id, book.id)) == 1
    other = acting(world.actor("storekeeper", "b1"))
    with pytest.raises(NotFound):
        books.get_book(other, book.id)


def test_the_clock_begins_and_supersedes(acting, drafter, approver, reporter, publicised, stocked, later):
    bureau_id = publicised.bureau_id
    assert clock.run_due(bureau_id) == 0
    assert reading.price_on(bureau_id, stocked.rice, today() + timedelta(days=30)) is None, "nobody knows the future"
    later(7)
    # The price holds from its day on, even before the job has run.
    assert reading.price_on(bureau_id, stocked.rice, today() + timedelta(days=7)).price_fen == 522
    assert clock.run_due(bureau_id) == 1
    assert clock.run_due(bureau_id) == 0
    assert publicised.state == "effective"

    one = open_round(
        drafter, reporter, [stocked.rice], mark="二", first_day=today(), last_day=today() + timedelta(days=9)
    )
    fill(one, {stocked.rice: [600, 610, 620]})
    acting(drafter)
    second = surveyed(drafter, one, approver)
    (line,) = books.lines_of(bureau_id, second.id)
    assert (line.previous_fen, str(line.change_percent), line.is_triggered) == (522, "16.86", True)
    books.publicise(approver, second.id, second.version)
    later(14)
    assert clock.run_due(bureau_id) == 2
    assert (publicised.state, second.state) == ("superseded", "effective")
    days = {7: 522, 13: 522, 14: 610}
    for offset, price in days.items():
        found = reading.price_on(bureau_id, stocked.rice, today() + timedelta(days=offset))
        assert (found.price_fen, found.unit) == (price, "kg"), offset
    assert reading.price_on(bureau_id, stocked.rice, today() + timedelta(days=6)) is None
    assert reading.prices_in(bureau_id, publicised.id)[stocked.rice].price_fen == 522
    events = [(event.event, event.by_name) for event in books.events_of(drafter, publicised.id)]
    assert events[-2:] == [("begin", "系统"), ("supersede", "系统")]


def test_what_was_not_surveyed_is_carried_over(acting, drafter, approver, reporter, stocked):
    old = in_force(drafter, approver, reporter, {stocked.rice: [500, 510, 520], stocked.pork: [2800, 2800, 2800]})
    one = open_round(drafter, reporter, [stocked.rice], mark="二")
    fill(one, {stocked.rice: [530, 540, 550]})
    acting(drafter)
    new = surveyed(drafter, one, approver)
    lines = {line.item_id: line for line in books.lines_of(new.bureau_id, new.id)}
    pork = lines[stocked.pork]
    assert (pork.basis, pork.carried_from, pork.price_fen) == ("carried", old.number, 2800)
    assert lines[stocked.rice].basis == "survey"
    assert lines[stocked.rice].price_fen == 540


def test_one_book_of_a_series_a_day_and_one_effective(
    session, acting, drafter, approver, reporter, stocked, publicised
):
    one = open_round(drafter, reporter, [stocked.rice], mark="二")
    fill(one, {stocked.rice: [530, 540, 550]})
    acting(drafter)
    second = surveyed(drafter, one, approver)
    with pytest.raises(Invalid) as refused:
        books.publicise(approver, second.id, second.version)
    assert "effective_from" in refused.value.fields
    for values in ("begins_on = :day", "state = 'effective'"):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(
                text(
                    "UPDATE price_books SET is_public = true, state = 'publicised', publicised_at = now(), digest = 'x',"
                    " begins_on = :day WHERE bureau_id = :b AND id = :i"
                )
                if "begins" in values
                else text(
                    "UPDATE price_books SET state = 'effective', is_public = true, begins_on = :day + (id = :i)::int,"
                    " publicised_at = now(), digest = 'x' WHERE bureau_id = :b AND id IN (:i, :other)"
                ),
                {"b": second.bureau_id, "i": second.id, "other": publicised.id, "day": publicised.begins_on},
            )


def test_another_series_has_its_own_book(acting, drafter, approver, reporter, stocked):
    in_force(drafter, approver, reporter, {stocked.rice: [500, 510, 520]})
    in_force(drafter, approver, reporter, {stocked.pork: [2800, 2810, 2820]}, mark="鲜", series="fresh")
    on = today()
    assert set(reading.books_on(drafter.bureau_id, on)) == {"general", "fresh"}
    assert reading.book_on(drafter.bureau_id, on).series == "general"
    found = reading.prices_on(drafter.bureau_id, [stocked.rice, stocked.pork, stocked.salt], on)
    assert {item: price.price_fen for item, price in found.items()} == {stocked.rice: 510, stocked.pork: 2810}


def test_a_digest_proves_that_a_publicised_book_still_says_the_same(session, publicised):
    lines = books.lines_of(publicised.bureau_id, publicised.id)
    session.expire_all()
    lines = books.lines_of(publicised.bureau_id, publicised.id)
    assert books.is_intact(publicised, lines)
    lines[0].price_fen += 1
    assert not books.is_intact(publicised, lines)
    session.expire_all()


def test_what_is_publicised_is_not_edited(drafter, approver, publicised, stocked):
    with pytest.raises(Conflict):
        books.take(drafter, publicised.id, publicised.version)
    with pytest.raises(RuleBroken):
        books.correct_line(drafter, publicised.id, stocked.rice, publicised.version, price_fen=1, reason="x")


def test_a_stale_approval_is_refused(approver, book):
    with pytest.raises(Conflict):
        books.publicise(approver, book.id, book.version - 1)


# ---- objections ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["canteen_manager", "supplier_user"])
def test_an_objection_holds_a_book_up_until_it_is_answered(world, acting, approver, publicised, stocked, later, role):
    who = acting(world.actor(role))
    first = new_id()
    filed = objecting.file(who, first, book_id=publicised.id, item_id=stocked.rice, text="价格偏高")
    assert objecting.file(who, first, book_id=publicised.id, item_id=stocked.rice, text="价格偏高") is filed
    assert [one.id for one in objecting.objections_of(who, publicised.id)] == [first]
    acting(approver)
    assert publicised.begins_on is None
    later(8)
    assert clock.run_due(publicised.bureau_id) == 0, "its day has come, the answer has not"
    objecting.answer(approver, publicised.id, first, filed.version, decision="rejected", text="三处来源均有照片")
    assert publicised.begins_on == today() + timedelta(days=9), "the day after the answer"
    later(9)
    assert clock.run_due(publicised.bureau_id) == 1


def test_an_upheld_objection_ends_in_a_withdrawal_and_a_correction(
    world, acting, drafter, approver, publicised, stocked
):
    who = acting(world.actor("canteen_manager"))
    filed = objecting.file(who, new_id(), book_id=publicised.id, item_id=stocked.rice, text="把精米当成了粳米")
    acting(approver)
    objecting.answer(approver, publicised.id, filed.id, filed.version, decision="upheld", text="情况属实")
    assert publicised.begins_on is None
    books.withdraw(approver, publicised.id, publicised.version, "异议成立")
    acting(who)
    with pytest.raises(NotFound):
        books.get_book(who, publicised.id)
    acting(drafter)
    new = books.draft(
        drafter, new_id(), title="更正册", survey_id=publicised.survey_id, corrects_id=publicised.id,
        correction_reason="更正粳米价格",
    )  # fmt: skip
    new = books.take(drafter, new.id, new.version)
    new = books.correct_line(drafter, new.id, stocked.rice, new.version, price_fen=505, reason="剔除精米")
    (line,) = books.lines_of(new.bureau_id, new.id)
    assert (line.basis, line.price_fen, line.correction_reason) == ("corrected", 505, "剔除精米")
    books.publicise(approver, new.id, new.version)


def test_objections_are_for_the_days_of_publicity(world, acting, publicised, later):
    who = acting(world.actor("canteen_manager"))
    later(7)
    with pytest.raises(RuleBroken) as refused:
        objecting.file(who, new_id(), book_id=publicised.id, item_id=None, text="晚了")
    assert refused.value.rule == "not_in_publicity"


def test_a_school_sees_its_own_objections_only(session, world, acting, publicised):
    first = acting(world.actor("canteen_manager"))
    objecting.file(first, new_id(), book_id=publicised.id, item_id=None, text="甲校的异议")
    second = acting(world.actor("canteen_manager", "a2"))
    session.expunge_all()
    assert objecting.objections_of(second, publicised.id) == []
    assert session.execute(text("SELECT count(*) FROM price_objections")).scalar() == 0
    supplier = acting(world.actor("supplier_user"))
    assert session.execute(text("SELECT count(*) FROM price_objections")).scalar() == 0
    assert objecting.objections_of(supplier, publicised.id) == []


def test_a_book_overtaken_by_a_newer_one_does_not_begin(
    world, acting, drafter, approver, reporter, stocked, publicised, later
):
    who = acting(world.actor("canteen_manager"))
    filed = objecting.file(who, new_id(), book_id=publicised.id, item_id=None, text="请复核")
    acting(approver)
    one = open_round(drafter, reporter, [stocked.rice], mark="二")
    fill(one, {stocked.rice: [530, 540, 550]})
    acting(drafter)
    second = surveyed(drafter, one, approver)
    books.publicise(approver, second.id, second.version, effective_from=today() + timedelta(days=8))
    later(9)
    clock.run_due(second.bureau_id)
    objecting.answer(approver, publicised.id, filed.id, filed.version, decision="rejected", text="已复核")
    assert publicised.begins_on is None
    assert clock.run_due(second.bureau_id) == 0
    assert second.state == "effective"


def test_an_effective_book_is_not_withdrawn(approver, publicised, later):
    later(7)
    with pytest.raises(Conflict):
        books.withdraw(approver, publicised.id, publicised.version, "反悔")
    clock.run_due(publicised.bureau_id)
    with pytest.raises(Conflict):
        books.withdraw(approver, publicised.id, publicised.version, "反悔")


def test_another_bureaus_prices_are_not_mixed_in(world, acting, drafter, approver, reporter, stocked):
    in_force(drafter, approver, reporter, {stocked.rice: [500, 510, 520]})
    assert reading.price_on(world.bureaus["b"], stocked.rice, today()) is None


def test_reading_leaves_the_scope_as_it_was(session, world, acting, drafter, approver, reporter, stocked):
    in_force(drafter, approver, reporter, {stocked.rice: [500, 510, 520]})
    school = acting(world.actor("storekeeper"))
    assert reading.price_on(school.bureau_id, stocked.rice, today()).price_fen == 510
    assert session.execute(text("SELECT current_user")).scalar() == "houqin_school"


def test_a_signed_survey_is_not_signed_again(drafter, approver, filled):
    survey = sign(filled, approver)
    assert survey.signed_by_name == approver.display_name
    with pytest.raises(Conflict):
        surveys.move(approver, survey.id, "sign", survey.version)
