"""Who may ask for what and when, who decides, what is given out."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from kernel.database import db, new_id
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken
from kernel.web.dates import today
from school.stores.models import StoreDocument
from school.stores.service import confirming, requesting, signing, worklists
from school.stores.service.giving import give_out_goods
from school.stores.service.requesting import Wanted
from school.stores.service.steps import steps_of
from tests.support.stores import at, own_good, put_in, takes_of


def ask(teacher, good, quantity="2", *, on=None, old="0", key=None):
    return requesting.submit(
        teacher, key or new_id(), [Wanted(good.id, Decimal(quantity), Decimal(old))], wanted_on=on or today(),
        department="三年级", purpose="演示",
    )  # fmt: skip


def give(keeper, row, good, quantity, *, old="0", document=None):
    line = {"good_id": good.id, "quantity": Decimal(quantity), "old_quantity": Decimal(old)}
    return give_out_goods(keeper, row.id, row.version, document or new_id(), [line])


def approve(actor, row, **values):
    return requesting.decide(actor, row.id, row.version, is_approved=True, **values)


def test_asked_approved_given_out(acting, keeper, director, teacher):
    acting(keeper)
    good = own_good(keeper)
    batch_id = put_in(keeper, good)
    acting(teacher)
    row = ask(teacher, good)
    assert (row.state, row.summary, row.number[:2]) == ("submitted", "演示扫把 2把", "LY")
    acting(director)
    approve(director, row)
    acting(keeper)
    document_id = new_id()
    give(keeper, row, good, "2", document=document_id)
    assert (row.state, row.document_id) == ("issued", document_id)
    assert give(keeper, row, good, "2", document=document_id).document_id == document_id
    document = db.session.get(StoreDocument, (keeper.bureau_id, keeper.school_id, document_id))
    assert (document.taker_name, document.department, document.source_id) == (teacher.display_name, "三年级", row.id)
    assert sum(at(keeper, batch_id).values()) == 8
    assert [step.event for step in steps_of(keeper, keeper.school_id, row.id)] == ["submit", "approve", "issue"]
    with pytest.raises(Conflict):
        requesting.give_out(keeper, row.id, row.version, new_id(), takes_of(keeper, good.id, "1"))


def test_sent_again_it_is_asked_for_once(acting, keeper, teacher):
    good = own_good(keeper)
    acting(teacher)
    key = new_id()
    assert ask(teacher, good, key=key).number == ask(teacher, good, key=key).number
    with pytest.raises(Conflict):
        ask(teacher, good, "3", key=key)


def test_nobody_decides_on_their_own_request_and_a_refusal_says_why(acting, keeper, director, world):
    good = own_good(keeper)
    acting(director)
    row = ask(director, good)
    with pytest.raises(RuleBroken) as told:
        approve(director, row)
    assert told.value.rule == "store_own_request"
    principal = acting(world.actor("principal"))
    with pytest.raises(Invalid):
        requesting.decide(principal, row.id, row.version, is_approved=False)
    requesting.decide(principal, row.id, row.version, is_approved=False, reason="库存不足")
    assert row.state == "refused"
    acting(director)
    with pytest.raises(Conflict):
        requesting.cancel(director, row.id, row.version)


def test_only_the_roles_named_on_the_days_named_and_no_more_than_the_limit(acting, keeper, teacher, world):
    monday = today() + timedelta(days=(0 - today().weekday()) % 7 or 7)
    good = own_good(keeper, takers=["dormitory_supervisor"], issue_weekdays=[1, 3], most_per_request=Decimal(5))
    acting(teacher)
    with pytest.raises(RuleBroken) as told:
        ask(teacher, good, on=monday)
    assert told.value.rule == "store_not_taker"
    warden = acting(world.actor("dormitory_supervisor"))
    with pytest.raises(Invalid) as refused:
        ask(warden, good, on=monday + timedelta(days=1))
    assert "周一、周三" in refused.value.fields["wanted_on"][0]
    with pytest.raises(RuleBroken) as told:
        ask(warden, good, "6", on=monday)
    assert told.value.rule == "store_limit"
    assert ask(warden, good, "5", on=monday).state == "submitted"


def test_old_for_new_is_asked_for_and_looked_at_when_given_out(acting, keeper, director, teacher):
    good = own_good(keeper, old_for_new=True)
    put_in(keeper, good)
    acting(teacher)
    with pytest.raises(Invalid):
        ask(teacher, good, "2", old="1")
    row = ask(teacher, good, "2", old="2")
    acting(director)
    approve(director, row)
    acting(keeper)
    with pytest.raises(RuleBroken) as told:
        give(keeper, row, good, "2", old="1")
    assert told.value.rule == "store_old_for_new"
    assert give(keeper, row, good, "1", old="1").state == "issued"


def test_what_needs_no_approval_is_approved_at_once(acting, keeper, teacher):
    good = own_good(keeper, needs_approval=False)
    acting(teacher)
    assert ask(teacher, good).state == "approved"
    hazardous = own_good(keeper, "演示酒精", "hazardous", needs_approval=False)
    acting(teacher)
    assert ask(teacher, hazardous).state == "submitted"


def test_less_may_be_approved_and_no_more_than_that_given_out(acting, keeper, director, teacher):
    good = own_good(keeper)
    put_in(keeper, good)
    acting(teacher)
    row = ask(teacher, good, "5")
    acting(director)
    approve(director, row, quantities={good.id: Decimal(3)})
    acting(keeper)
    with pytest.raises(RuleBroken) as told:
        give(keeper, row, good, "4")
    assert told.value.rule == "store_over_approved"
    give(keeper, row, good, "3")
    (line,) = requesting.lines_of(keeper, keeper.school_id, row.id)
    assert (line.quantity, line.approved_quantity, line.issued_quantity) == (5, 3, 3)


def test_a_teacher_sees_and_cancels_the_own_requests_only(acting, keeper, teacher, world):
    good = own_good(keeper)
    acting(teacher)
    row = ask(teacher, good)
    guard = acting(world.actor("guard"))
    with pytest.raises(NotFound):
        worklists.get_requisition(guard, guard.school_id, row.id, sees_all=False)
    with pytest.raises(Denied):
        requesting.cancel(guard, row.id, row.version)
    acting(teacher)
    assert requesting.cancel(teacher, row.id, row.version).state == "cancelled"


# --- hazardous goods --------------------------------------------------------------------------------------------------


def test_hazardous_goods_leave_with_two_signatures_only(acting, keeper, director, teacher):
    good = own_good(keeper, "演示酒精", "hazardous", "瓶")
    batch_id = put_in(keeper, good)
    acting(teacher)
    row = ask(teacher, good)
    acting(director)
    approve(director, row)
    acting(keeper)
    document_id = new_id()
    assert give(keeper, row, good, "2", document=document_id).state == "prepared"
    assert sum(at(keeper, batch_id).values()) == 10
    waiting = confirming.find(keeper, document_id)
    with pytest.raises(RuleBroken) as told:
        signing.decide(keeper, document_id, waiting.version, is_confirmed=True)
    assert told.value.rule == "store_two_keepers"
    acting(director)
    signing.decide(director, document_id, waiting.version, is_confirmed=True)
    assert (row.state, row.document_id) == ("issued", document_id)
    assert sum(at(keeper, batch_id).values()) == 8
    document = db.session.get(StoreDocument, (keeper.bureau_id, keeper.school_id, document_id))
    assert {document.posted_by_name, document.second_by_name} == {keeper.display_name, director.display_name}


def test_sent_back_by_the_second_keeper_it_may_be_made_up_anew(acting, keeper, director, teacher):
    good = own_good(keeper, "演示酒精", "hazardous", "瓶")
    put_in(keeper, good)
    acting(teacher)
    row = ask(teacher, good)
    acting(director)
    approve(director, row)
    acting(keeper)
    document_id = new_id()
    give(keeper, row, good, "2", document=document_id)
    acting(director)
    with pytest.raises(Invalid):
        signing.decide(director, document_id, 1, is_confirmed=False)
    signing.decide(director, document_id, 1, is_confirmed=False, reason="数量不对")
    assert row.state == "approved"
    acting(keeper)
    assert give(keeper, row, good, "1").state == "prepared"


def test_the_limit_holds_for_hazardous_goods_without_a_request_too(acting, keeper):
    acting(keeper)
    good = own_good(keeper, "演示酒精", "hazardous", "瓶", most_per_request=Decimal(2))
    put_in(keeper, good)
    with pytest.raises(RuleBroken) as told:
        confirming.propose(keeper, new_id(), kind="issue", takes=takes_of(keeper, good.id, "3"), taker_name="王演示")
    assert told.value.rule == "store_limit"


def test_wanted_on_a_day_gone_by_is_refused(acting, keeper, teacher):
    good = own_good(keeper)
    acting(teacher)
    with pytest.raises(Invalid):
        ask(teacher, good, on=date(2026, 1, 1))
