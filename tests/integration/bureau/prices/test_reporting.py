"""Prices from the market: who may send them, what is refused, and that nothing is silently overwritten."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from bureau.prices.models import PriceReport
from bureau.prices.service import judging, reporting, surveyors, surveys
from kernel.database import new_id, now
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from tests.support.pictures import jpeg
from tests.support.prices import fill, in_force, open_round, send, sign


@pytest.fixture
def running(acting, drafter, reporter, stocked):
    one = open_round(drafter, reporter, [stocked.rice, stocked.pork], count=3)
    acting(reporter)
    return one


def test_a_price_is_kept_with_its_place_photo_and_unit(running, stocked):
    row = send(
        running, stocked.rice, 12_500, unit="袋", latitude=Decimal("32.10"), longitude=Decimal("118.80"), accuracy_m=12
    )
    assert (row.state, row.is_first, row.factor, row.base_price) == ("counted", True, 25, 500)
    assert row.attachment_id is not None
    assert row.accuracy_m == 12


def test_the_school_role_sees_no_reports_in_the_database(session, acting, running, stocked, reporter):
    row = send(running, stocked.rice, 520)
    acting(reporter)
    with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
        session.execute(select(PriceReport).where(PriceReport.id == row.id))


def test_the_same_report_sent_twice_is_one_and_other_content_is_a_conflict(running, stocked):
    report_id = new_id()
    first = send(running, stocked.rice, 520, report_id=report_id)
    assert send(running, stocked.rice, 520, report_id=report_id) is first
    with pytest.raises(Conflict):
        send(running, stocked.rice, 530, report_id=report_id)


def test_a_second_price_waits_and_overwrites_nothing(acting, drafter, approver, running, stocked):
    first = send(running, stocked.rice, 520)
    second = send(running, stocked.rice, 560)
    assert (first.state, second.state) == ("counted", "waiting")
    acting(drafter)
    result = next(one for one in judging.results_of(drafter, running.survey) if one.item.item_id == stocked.rice)
    assert result.result.price_fen == 520
    surveys.move(drafter, running.survey.id, "close", running.survey.version)
    with pytest.raises(RuleBroken) as refused:
        surveys.move(approver, running.survey.id, "sign", running.survey.version)
    assert refused.value.rule == "reports_waiting"
    judging.decide(drafter, running.survey.id, first.id, decision="exclude", seen_state="counted", reason="看错了价签")
    judging.decide(drafter, running.survey.id, second.id, decision="include", seen_state="waiting", reason="复核无误")
    result = next(one for one in judging.results_of(drafter, running.survey) if one.item.item_id == stocked.rice)
    assert result.result.price_fen == 560
    assert [one.reason for report in result.reports for one in report.decisions] == ["看错了价签", "复核无误"]
    surveys.move(approver, running.survey.id, "sign", running.survey.version)


def test_a_decision_needs_a_reason_and_the_state_that_was_seen(acting, drafter, running, stocked):
    row = send(running, stocked.rice, 520)
    acting(drafter)
    with pytest.raises(Invalid) as refused:
        judging.decide(drafter, running.survey.id, row.id, decision="exclude", seen_state="counted", reason="")
    assert "reason" in refused.value.fields
    judging.decide(drafter, running.survey.id, row.id, decision="exclude", seen_state="counted", reason="离群")
    with pytest.raises(Conflict):
        judging.decide(drafter, running.survey.id, row.id, decision="include", seen_state="counted", reason="又要")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"unit": "筐"}, "unit"),
        ({"photo": None}, "photo"),
        ({"seen_at": "ahead"}, "seen_at"),
        ({"seen_at": "old"}, "seen_at"),
    ],
)
def test_what_no_survey_takes(running, stocked, values, field):
    times = {"ahead": now() + timedelta(hours=1), "old": now() - timedelta(days=20)}
    values = {name: times.get(value, value) if isinstance(value, str) else value for name, value in values.items()}
    with pytest.raises(Invalid) as refused:
        send(running, stocked.rice, 520, **values)
    assert list(refused.value.fields) == [field]


def test_another_surveys_item_or_source_is_refused(running, stocked):
    with pytest.raises(Invalid):
        send(running, stocked.salt, 200)
    with pytest.raises(Invalid):
        reporting.report(
            running.reporter, running.survey.id, new_id(), source_id=new_id(), item_id=stocked.rice, unit="kg",
            price_fen=520, photo=jpeg("x"),
        )  # fmt: skip


def test_a_price_that_only_a_mistaken_unit_explains_is_refused(acting, drafter, approver, reporter, stocked):
    in_force(drafter, approver, reporter, {stocked.rice: [500, 520, 540]})
    one = open_round(drafter, reporter, [stocked.rice], mark="二")
    acting(reporter)
    with pytest.raises(Invalid) as refused:
        send(one, stocked.rice, 13_000)
    assert "是不是按“袋”计价" in refused.value.fields["unit"][0]
    with pytest.raises(Invalid) as refused:
        send(one, stocked.rice, 52)
    assert "price" in refused.value.fields
    assert send(one, stocked.rice, 13_000, unit="袋").base_price == 520


def test_the_price_bureaus_bulletin_needs_no_photo(acting, drafter, reporter, stocked):
    one = open_round(drafter, reporter, [stocked.rice], count=5)
    acting(reporter)
    assert send(one, stocked.rice, 520, source=4, photo=None).attachment_id is None


def test_only_the_assigned_report_and_only_while_it_collects(world, acting, drafter, approver, running, stocked, later):
    outsider = acting(world.actor("accountant"))
    with pytest.raises(NotFound):
        reporting.own_task(outsider, running.survey.id)
    assert reporting.own_tasks(outsider) == []
    acting(running.reporter)
    assert [survey.id for survey, _who in reporting.own_tasks(running.reporter)] == [running.survey.id]
    later(5)
    with pytest.raises(RuleBroken) as refused:
        send(running, stocked.rice, 520)
    assert refused.value.rule == "survey_closed"


def test_a_link_reports_without_an_account_within_its_limits(session, acting, drafter, running, stocked, later):
    acting(drafter)
    parent = surveyors.invite(drafter, running.survey.id, new_id(), name="演示家长", kind="parent")
    code = surveyors.code_of(running.survey, parent.id)
    assert code not in (parent.code_hash, str(parent.id))
    session.commit()
    session.info.pop("scope", None)
    from kernel.database.scope import IDENTITY, use_scope

    use_scope(session(), IDENTITY)
    bureau_id = drafter.bureau_id

    def by_link(price_fen, code=code):
        return reporting.report_by_link(
            bureau_id, code, new_id(), address="10.0.0.9", source_id=running.sources[1].id, item_id=stocked.rice,
            unit="kg", price_fen=price_fen, photo=jpeg("parent"),
        )  # fmt: skip

    row = by_link(530)
    assert row.state == "counted"
    assert row.surveyor_id == parent.id
    assert row.address_hash not in ("", "10.0.0.9")
    with pytest.raises(NotFound):
        by_link(530, "aaaaaaaaaaaaaaaaaaaaaaaa")
    for _ in range(parent.most - 1):
        by_link(531)
    with pytest.raises(RuleBroken) as refused:
        by_link(532)
    assert refused.value.rule == "too_many_reports"
    later(5)
    assert reporting.invited_task(bureau_id, code).why


def test_a_revoked_link_is_closed(acting, drafter, running, stocked):
    acting(drafter)
    parent = surveyors.invite(drafter, running.survey.id, new_id(), name="演示家长", kind="parent")
    surveyors.revoke(drafter, running.survey.id, parent.id, parent.version)
    with pytest.raises(RuleBroken):
        reporting.report_by_link(
            drafter.bureau_id, surveyors.code_of(running.survey, parent.id), new_id(), address="",
            source_id=running.sources[0].id, item_id=stocked.rice, unit="kg", price_fen=1, photo=jpeg("x"),
        )  # fmt: skip


def test_whoever_acts_for_a_supplier_neither_reports_nor_signs(world, acting, drafter, running):
    supplier = world.person("supplier_user")
    acting(drafter)
    with pytest.raises(RuleBroken) as refused:
        surveyors.assign(drafter, running.survey.id, new_id(), person_id=supplier.account_id, kind="other")
    assert refused.value.rule == "surveyor_is_distributor"
    assert surveys.is_distributor(drafter.bureau_id, supplier.account_id)


def test_outliers_are_marked_and_left_in_until_a_person_decides(acting, drafter, reporter, approver, stocked):
    one = open_round(drafter, reporter, [stocked.pork], count=5)
    acting(reporter)
    fill(one, {stocked.pork: [2800, 2850, 2900, 2820, 4800]})
    acting(drafter)
    (found,) = judging.results_of(drafter, one.survey)
    assert [report.is_outlier for report in found.reports] == [False] * 4 + [True]
    assert found.result.price_fen == 3234, "marked, and still in the average"
    dear = found.reports[4].row
    judging.decide(drafter, one.survey.id, dear.id, decision="exclude", seen_state="counted", reason="精品专柜")
    (found,) = judging.results_of(drafter, one.survey)
    assert (found.result.price_fen, found.excluded, found.outliers) == (2843, 1, 0)
    sign(one, approver)
    with pytest.raises(Conflict):
        judging.decide(drafter, one.survey.id, dear.id, decision="include", seen_state="excluded", reason="改主意")


def test_another_bureau_finds_no_survey(world, acting, running):
    other = acting(world.actor("procurement_officer", "b"))
    with pytest.raises(NotFound):
        surveys.get_survey(other, running.survey.id)
    with pytest.raises(NotFound):
        reporting.own_task(other, running.survey.id)
