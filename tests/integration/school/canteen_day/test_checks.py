"""What each kind of record refuses, what it marks, and by which article."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bureau.roles import Role
from kernel.database import new_id, now
from kernel.errors import Conflict, Denied, Invalid, RuleBroken
from kernel.policy.models import FigureOverride
from kernel.web.dates import today
from school.canteen_day import kinds
from school.canteen_day.group_models import SupervisionMember
from school.canteen_day.service import equipment, findings
from tests.support.canteen_day import ATE, COOKED, add_machine, add_person, add_refrigerator, cook, keep


def check(actor, staff, **values):
    return keep(actor, kinds.STAFF_CHECK, staff_id=staff.id, **values)


def test_findings_keep_a_person_from_work(session, world):
    actor = cook(world)
    staff = add_person(actor, "演示甲")
    kept = check(actor, staff, celsius=Decimal("36.4"), findings=["diarrhoea"])
    assert (kept.fitness, kept.staff_name) == ("kept_away", "演示甲")
    assert "停止上岗" in kept.action


def test_a_fever_keeps_a_person_from_work_without_a_tick(session, world):
    actor = cook(world)
    assert check(actor, add_person(actor, "演示甲"), celsius=Decimal("37.4")).fitness == "kept_away"
    assert check(actor, add_person(actor, "演示乙"), celsius=Decimal("37.3")).fitness == "fit"


@pytest.mark.parametrize("days", [-1, None])
def test_nobody_is_ticked_as_working_without_a_health_certificate(session, world, days):
    actor = cook(world)
    staff = add_person(actor, "演示甲", health_days=days)
    for values in ({}, {"findings": ["clothing"]}):
        with pytest.raises(RuleBroken) as refusal:
            check(actor, staff, **values)
        assert "演示甲" in refusal.value.message
        assert "食品安全法" in refusal.value.citation


def test_without_a_certificate_one_may_be_absent_or_sent_home(session, world):
    actor = cook(world)
    assert check(actor, add_person(actor, "演示甲", health_days=-1), is_absent=True).fitness == "absent"
    assert check(actor, add_person(actor, "演示乙", health_days=-1), findings=["vomiting"]).fitness == "kept_away"


def test_a_certificate_holds_on_its_last_day(session, world):
    actor = cook(world)
    assert check(actor, add_person(actor, "演示甲", health_days=0)).fitness == "fit"


def test_one_check_of_a_person_and_day_counts(session, world):
    actor = cook(world)
    staff = add_person(actor, "演示甲")
    first = check(actor, staff)
    with pytest.raises(Conflict), session.begin_nested():
        check(actor, staff)
    later = check(actor, staff, findings=["vomiting"], corrects_id=first.id, correction_reason="上午呕吐")
    assert later.fitness == "kept_away"


def test_who_has_left_or_belongs_to_another_school_is_not_checked(session, world):
    other = add_person(cook(world, "a2"), "演示外校")
    actor = cook(world)
    left = add_person(actor, "演示甲", left_on=today())
    for staff in (left, other):
        with pytest.raises(Invalid) as refusal:
            check(actor, staff)
        assert set(refusal.value.fields) == {"staff_id"}


WASHED = {"object": "餐具", "meal": None, "celsius": None, "mg_per_litre": None}


@pytest.mark.parametrize(
    ("values", "lacks"),
    [
        ({"method": "steam", "seconds": 600}, []),
        ({"method": "steam", "seconds": 540}, ["too_short"]),
        ({"method": "dishwasher", "seconds": 40, "celsius": Decimal(85)}, []),
        ({"method": "dishwasher", "seconds": 30, "celsius": Decimal(80)}, ["too_short", "too_cool"]),
        ({"method": "chlorine", "seconds": 300, "mg_per_litre": Decimal(250)}, []),
        ({"method": "chlorine", "seconds": 300, "mg_per_litre": Decimal(200)}, ["too_weak"]),
    ],
)
def test_a_disinfection_is_held_against_its_method(session, world, values, lacks):
    kept = keep(cook(world), kinds.DISINFECTION, **{**WASHED, **values})
    assert kept.lacks == lacks
    assert kept.done_by == kept.recorded_by_name


def test_nobody_says_chlorine_without_its_concentration(session, world):
    with pytest.raises(Invalid) as refusal:
        keep(cook(world), kinds.DISINFECTION, **WASHED, method="chlorine", seconds=300)
    assert set(refusal.value.fields) == {"mg_per_litre"}


def test_a_dish_that_is_too_cool_is_measured_again_and_linked(session, world):
    actor = cook(world)
    low = keep(actor, kinds.COOKING, **{**COOKED, "celsius": Decimal("69.9")})
    assert (low.is_enough, low.least_celsius) == (False, Decimal(70))
    again = keep(actor, kinds.COOKING, meal="dinner", dish_name="别的菜", celsius=Decimal(70), again_of=low.id)
    assert (again.is_enough, again.dish_name, again.meal) == (True, "红烧肉", "lunch")
    with pytest.raises(Conflict):
        keep(actor, kinds.COOKING, **COOKED, again_of=low.id)


def test_only_a_dish_that_was_too_cool_is_measured_again(session, world):
    actor = cook(world)
    fine = keep(actor, kinds.COOKING, **COOKED)
    for again_of in (fine.id, new_id()):
        with pytest.raises(Invalid) as refusal:
            keep(actor, kinds.COOKING, **COOKED, again_of=again_of)
        assert set(refusal.value.fields) == {"again_of"}


def test_a_stricter_figure_of_the_school_counts_and_that_of_the_day(session, world):
    actor = cook(world)
    session.add(
        FigureOverride(
            bureau_id=actor.bureau_id, id=new_id(), school_id=actor.school_id, key="canteen.cooking.core_celsius",
            value={"number": "75"}, citation="本校规定", valid_from=today(), created_by=actor.account_id,
        )
    )  # fmt: skip
    session.flush()
    assert not keep(actor, kinds.COOKING, **{**COOKED, "celsius": Decimal(74)}).is_enough
    yesterday = now() - timedelta(days=1)
    assert keep(actor, kinds.COOKING, yesterday, **{**COOKED, "celsius": Decimal(74)}).is_enough


def test_a_refrigerator_out_of_range_asks_what_was_done(session, world):
    actor = cook(world)
    chilled, frozen = add_refrigerator(actor), add_refrigerator(actor, "冰柜", "frozen")
    with pytest.raises(RuleBroken) as refusal:
        keep(actor, kinds.REFRIGERATOR, refrigerator_id=chilled.id, celsius=Decimal("8.1"))
    assert refusal.value.citation
    out = keep(actor, kinds.REFRIGERATOR, refrigerator_id=chilled.id, celsius=Decimal("8.1"), action="报修")
    assert (out.is_within, out.least_celsius, out.most_celsius) == (False, Decimal(0), Decimal(8))
    cold = keep(actor, kinds.REFRIGERATOR, refrigerator_id=frozen.id, celsius=Decimal(-18))
    assert (cold.is_within, cold.least_celsius, cold.most_celsius) == (True, None, Decimal(-12))


def test_a_poor_meal_wants_its_reason_and_becomes_a_finding(session, world):
    actor = cook(world)
    with pytest.raises(Invalid):
        keep(actor, kinds.ACCOMPANYING, **{**ATE, "service": "poor"})
    keep(actor, kinds.ACCOMPANYING, **{**ATE, "service": "poor", "comment": "排队太久"})
    found = findings.open_findings(actor, actor.school_id)
    assert ["排队太久" in one.text for one in found] == [True]


def test_a_tasting_with_something_wrong_says_what(session, world):
    with pytest.raises(Invalid):
        keep(cook(world), kinds.TASTING, meal="lunch", is_fine=False)


REPORT = {"summary": "", "attendees": ""}


def test_nothing_found_is_a_report_too(session, world):
    report = keep(cook(world, role=Role.FOOD_SAFETY_OFFICER), kinds.CONTROL, kind="daily", **REPORT)
    assert (report.found_nothing, report.finding_count) == (True, 0)


@pytest.mark.parametrize(
    ("kind", "role"),
    [("weekly", Role.CANTEEN_MANAGER), ("monthly", Role.FOOD_SAFETY_OFFICER), ("daily", Role.STOREKEEPER)],
)
def test_each_report_is_the_task_of_its_post(session, world, kind, role):
    with pytest.raises(Denied):
        keep(cook(world, role=role), kinds.CONTROL, kind=kind, summary="纪要", attendees="校长")


def test_what_a_report_finds_is_to_be_put_right_by_a_day_and_confirmed_by_another(session, world, acting):
    officer = cook(world, role=Role.FOOD_SAFETY_OFFICER)
    keep(
        officer,
        kinds.CONTROL,
        kind="daily",
        **REPORT,
        findings=[{"text": "地面有积水"}, {"text": "纱窗破损", "due_on": today()}],
    )
    late, early = sorted(findings.open_findings(officer, officer.school_id), key=lambda one: -one.due_on.toordinal())
    assert (late.due_on, early.due_on) == (today() + timedelta(days=3), today())
    findings.act(officer, early.id, "fix", early.version, "已换纱窗")
    with pytest.raises(RuleBroken):
        findings.act(officer, early.id, "confirm", early.version, "好了")
    head = acting(world.actor(Role.LOGISTICS_DIRECTOR))
    findings.act(head, early.id, "send_back", early.version, "角上还有破洞")
    findings.act(officer, early.id, "fix", early.version, "再换一次")
    findings.act(head, early.id, "confirm", early.version, "好了")
    assert early.state == "closed"
    assert [step.event for step in findings.steps_of(early)] == ["find", "fix", "send_back", "fix", "confirm"]
    with pytest.raises(Conflict):
        findings.act(head, early.id, "fix", early.version, "再来")
    with pytest.raises(Conflict):
        findings.act(head, late.id, "fix", late.version + 7, "旧版本")


def test_a_major_hazard_is_reported_to_the_bureau_as_well(session, world):
    officer = cook(world, role=Role.FOOD_SAFETY_OFFICER)
    keep(officer, kinds.CONTROL, kind="daily", **REPORT, findings=[{"text": "燃气泄漏报警", "is_hazard": True}])
    assert findings.open_findings(officer, officer.school_id)[0].hazard_id is not None


def test_a_corrected_report_hands_its_findings_on(session, world):
    officer = cook(world, role=Role.FOOD_SAFETY_OFFICER)
    first = keep(officer, kinds.CONTROL, kind="daily", **REPORT, findings=[{"text": "地面有积水"}])
    second = keep(
        officer, kinds.CONTROL, kind="daily", **{**REPORT, "summary": "补充情况"}, corrects_id=first.id,
        correction_reason="补充", findings=[{"text": "纱窗破损"}],
    )  # fmt: skip
    found = findings.open_findings(officer, officer.school_id)
    assert {one.source_id for one in found} == {second.id}
    assert {one.text for one in found} == {"地面有积水", "纱窗破损"}


def test_something_wrong_with_a_machine_becomes_a_finding(session, world):
    actor = cook(world)
    machine = add_machine(actor)
    keep(actor, kinds.WATER, machine_id=machine.id, exceptions="滤芯发黄")
    assert "滤芯发黄" in findings.open_findings(actor, actor.school_id)[0].text


def test_who_was_there_is_kept_by_name(session, world):
    actor = cook(world)
    member, _new = equipment.save(actor, SupervisionMember, new_id(), {"name": "演示家长", "kind": "parent"})
    scores = {"hygiene": 90, "dishes": 80, "service": 95, "minutes": "纪要"}
    kept = keep(actor, kinds.SUPERVISION, **scores, member_ids=[member.id])
    assert (kept.member_names, kept.member_kinds) == (["演示家长"], ["parent"])
    with pytest.raises(Invalid):
        keep(actor, kinds.SUPERVISION, **scores, member_ids=[new_id()])
