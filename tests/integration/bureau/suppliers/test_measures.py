"""Warnings, suspensions, removals, appeals: who decides, what follows, what the company sees."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bureau.suppliers.service import measures, standing
from bureau.suppliers.service.events import history
from bureau.suppliers.service.finding import get_supplier
from kernel.database import new_id
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken
from kernel.web.dates import today
from tests.support.pictures import jpeg


def impose(admitted, kind, **values):
    return measures.impose(admitted.officer, admitted.id, new_id(), kind=kind, reason="演示事由", **values)


def open_to(admitted, actor=None):
    return set(standing.standing_of(actor or admitted.officer, admitted.id).open_to)


@pytest.fixture
def removal(admitted):
    return impose(admitted, "removal")


def test_a_suspension_of_one_category_on_its_days(admitted, meat, fruit, acting):
    last = today() + timedelta(days=10)
    impose(admitted, "suspension", category_id=meat, until_day=last)
    assert open_to(admitted) == {fruit}
    assert open_to(admitted, acting(admitted.company)) == {fruit}
    later = standing.standing_of(acting(admitted.officer), admitted.id, on=last + timedelta(days=1))
    assert set(later.open_to) == {meat, fruit}


def test_a_suspension_of_all_hides_the_public_page_and_ends_when_lifted(admitted, meat, fruit, client_as):
    measure = impose(admitted, "suspension")
    assert open_to(admitted) == set()
    assert client_as(None).get(f"/public/suppliers/a/{admitted.id}").status_code == 404
    with pytest.raises(Invalid):
        measures.lift(admitted.officer, admitted.id, measure.id, measure.version, "")
    measures.lift(admitted.officer, admitted.id, measure.id, measure.version, "已整改")
    assert open_to(admitted) == {meat, fruit}


def test_a_warning_is_counted_and_closes_nothing(admitted, meat, fruit):
    impose(admitted, "warning")
    found = standing.standing_of(admitted.officer, admitted.id)
    assert (found.warnings, set(found.open_to)) == (1, {meat, fruit})


def test_a_removal_takes_a_second_person(admitted, removal, world, acting, session):
    assert removal.state == "proposed"
    assert get_supplier(admitted.officer, admitted.id).state == "active"
    with pytest.raises(Denied):
        measures.confirm_removal(admitted.officer, admitted.id, removal.id, removal.version)
    second = acting(world.actor("bureau_admin"))
    measures.confirm_removal(second, admitted.id, removal.id, removal.version)
    assert get_supplier(second, admitted.id).state == "removed"
    assert open_to(admitted, second) == set()
    with pytest.raises(RuleBroken, match="申诉"):
        measures.lift(second, admitted.id, removal.id, removal.version, "x")


def test_the_database_refuses_one_person_for_both_steps(admitted, removal, session):
    removal.confirmed_by, removal.state = removal.created_by, "in_force"
    with pytest.raises(IntegrityError, match="second_person"):
        session.flush()


def test_a_removal_that_is_only_proposed_is_the_bureaus_own_business(admitted, removal, acting):
    company = acting(admitted.company)
    assert measures.measures_of(company, admitted.id) == []
    assert "propose" not in {one.event for one in history(company, admitted.id)}
    with pytest.raises(NotFound):
        measures.get_measure(company, admitted.id, removal.id)
    officer = acting(admitted.officer)
    measures.drop(officer, admitted.id, removal.id, removal.version, "证据不足")
    assert measures.measures_of(acting(admitted.company), admitted.id) == []


def test_an_appeal_is_decided_by_a_third_person_and_brings_a_removed_company_back(
    admitted, removal, world, acting, meat, fruit
):
    second = acting(world.actor("bureau_admin"))
    measures.confirm_removal(second, admitted.id, removal.id, removal.version)
    company = acting(admitted.company)
    appeal_id = new_id()
    row = measures.appeal(company, removal.id, appeal_id, statement="演示陈述", evidence=("x.jpg", jpeg()))
    assert measures.appeal(company, removal.id, appeal_id, statement="演示陈述") is row
    with pytest.raises(Conflict):
        measures.appeal(company, removal.id, appeal_id, statement="另一陈述")
    with pytest.raises(RuleBroken, match="已经提出过"):
        measures.appeal(company, removal.id, new_id(), statement="再次")
    for role in ("procurement_officer", "bureau_admin"):
        with pytest.raises(Denied):
            decide(acting(world.actor(role)), admitted, row, "uphold")
    third = acting(world.actor("discipline_supervisor"))
    decide(third, admitted, row, "uphold")
    assert get_supplier(third, admitted.id).state == "active"
    assert open_to(admitted, third) == {meat, fruit}


def decide(actor, admitted, row, event):
    return measures.decide_appeal(actor, admitted.id, row.id, row.version, event=event, decision="演示意见")


def test_a_rejected_appeal_leaves_the_measure(admitted, world, acting, fruit, meat):
    measure = impose(admitted, "suspension", category_id=meat)
    row = measures.appeal(acting(admitted.company), measure.id, new_id(), statement="演示陈述")
    decide(acting(world.actor("discipline_supervisor")), admitted, row, "reject")
    assert open_to(admitted, acting(world.actor("discipline_supervisor"))) == {fruit}
    with pytest.raises(RuleBroken):
        measures.appeal(acting(admitted.company), measure.id, new_id(), statement="再次")


def test_an_appeal_withdrawn_may_be_filed_again(admitted, acting):
    measure = impose(admitted, "warning")
    company = acting(admitted.company)
    row = measures.appeal(company, measure.id, new_id(), statement="演示陈述")
    measures.withdraw_appeal(company, row.id, row.version)
    assert measures.appeal(company, measure.id, new_id(), statement="新的陈述").state == "open"


def test_a_competitor_reaches_neither_measure_nor_appeal(admitted, world, acting):
    measure = impose(admitted, "warning")
    rival = acting(world.actor("supplier_user", "a-2"))
    with pytest.raises(NotFound):
        measures.appeal(rival, measure.id, new_id(), statement="x")
    assert measures.measures_of(rival, admitted.id) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"from_day": today() - timedelta(days=1)}, "from_day"),
        ({"from_day": today() + timedelta(days=5), "until_day": today()}, "until_day"),
        ({"category_id": new_id()}, "category_id"),
    ],
)
def test_what_is_wrong_with_a_suspension(admitted, values, field):
    with pytest.raises(Invalid) as refused:
        impose(admitted, "suspension", **values)
    assert refused.value.fields.keys() == {field}


def test_over_the_pages_with_evidence_that_the_company_can_open(admitted, client_as, world):
    officer = client_as("procurement_officer")
    sent = {
        "id": str(new_id()), "kind": "warning", "reason": "两次晚到", "from_day": today().isoformat(),
        "evidence": (io.BytesIO(jpeg("late")), "迟到.jpg"),
    }  # fmt: skip
    assert officer.post(f"/suppliers/{admitted.id}/measures/new", data=sent).status_code == 302
    company = client_as("supplier_user", "a")
    page = company.get(f"/company/measures/{sent['id']}")
    assert "两次晚到" in page.text
    link = re.search(r'href="(/files/[0-9a-f-]+)"', page.text).group(1)
    assert company.get(link).status_code == 200
    assert client_as("supplier_user", "a-2").get(link).status_code == 404
    filed = company.post(f"/company/measures/{sent['id']}", data={"id": str(new_id()), "statement": "堵车，已改路线"})
    assert filed.status_code == 302
    assert "待复核" in company.get(f"/company/measures/{sent['id']}").text
    shown = client_as("discipline_supervisor").get(f"/suppliers/{admitted.id}").text
    assert "复核申诉" in shown
    assert "复核申诉" not in officer.get(f"/suppliers/{admitted.id}").text


def test_a_lot_of_no_category_is_no_way_around_a_suspension_or_removal(world, admitted, acting, meat):
    """A lot without a category asked nothing of its bidders, not even that they are registered."""
    standing.require_may_bid(admitted.officer, admitted.id, [])
    impose(admitted, "suspension", category_id=meat)
    standing.require_may_bid(admitted.officer, admitted.id, [])
    whole = impose(admitted, "suspension")
    with pytest.raises(RuleBroken) as refused:
        standing.require_may_bid(acting(admitted.company), admitted.id, [])
    assert refused.value.rule == "supplier_suspended"
    measures.lift(acting(admitted.officer), admitted.id, whole.id, whole.version, "演示")
    get_supplier(admitted.officer, admitted.id).state = "draft"
    with pytest.raises(RuleBroken) as refused:
        standing.require_may_bid(admitted.officer, admitted.id, [])
    assert refused.value.rule == "supplier_not_registered"
