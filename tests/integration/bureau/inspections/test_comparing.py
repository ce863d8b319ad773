from decimal import Decimal

import pytest

from bureau.inspections.service import results
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db
from kernel.errors import NotFound
from tests.support import inspections
from tests.unit.scorecards.forms import form, item


@pytest.fixture
def compared(session, world, acting):
    """Scores: a1 (boarding primary) 80, a2 (day primary) 100, a3 (boarding junior) 94."""
    system = acting(system_actor(world.bureaus["a"]))
    plan = inspections.make_plan(system)
    for place, changes in (("a1", {"1": {"met": False}}), ("a2", {}), ("a3", {"5": {"checked": {"1": 1}}})):
        inspections.submit(world, inspections.make_visit(world, place, plan), changes)
    return plan


def placed(actor, plan, **filters):
    return [
        (place.school_name, place.score, place.rank, place.of) for place in results.ranking(actor, plan.id, **filters)
    ]


def test_only_schools_of_the_same_kind_are_compared(compared, world, acting):
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    assert placed(officer, compared) == [
        ("演示第三初级中学", 94, 1, 1),
        ("演示第二小学", 100, 1, 1),
        ("演示第一小学", 80, 1, 1),
    ]
    assert placed(officer, compared, stage="primary", is_boarding=True) == [("演示第一小学", 80, 1, 1)]


def test_equals_share_a_rank_by_name(compared, world, acting, session):
    """Put all three into one group; two have the same score."""
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    from bureau.inspections.models import InspectionResult

    for result in session.query(InspectionResult):
        result.stage, result.is_boarding = "primary", True
        result.score = Decimal(94) if result.score == 100 else result.score
    db.session.flush()
    assert placed(officer, compared) == [
        ("演示第三初级中学", 94, 1, 3),
        ("演示第二小学", 94, 1, 3),
        ("演示第一小学", 80, 3, 3),
    ]


def test_a_zone_supervisor_compares_the_zone(compared, world, acting):
    supervisor = acting(world.actor(Role.ZONE_SUPERVISOR, "a-west"))
    assert [name for name, *_rest in placed(supervisor, compared)] == ["演示第三初级中学"]
    lost = results.lost_items(supervisor, compared.id)
    assert [(one.code, one.times, one.visits) for one in lost] == [("5", 1, 1)]


def test_items_most_often_lost_come_first(compared, world, acting):
    inspections.submit(world, inspections.make_visit(world, "a1", plan_again(world, acting)), {})
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    lost = results.lost_items(officer, compared.id)
    assert [(one.code, one.times, one.visits, one.lost) for one in lost] == [("1", 1, 3, 20), ("5", 1, 3, 6)]
    assert lost[0].share == Decimal(20) / 60


def plan_again(world, acting):
    return inspections.make_plan(acting(system_actor(world.bureaus["a"])))


def test_other_bureaus_plans_are_not_found(compared, world, acting):
    actor = acting(world.actor(Role.BUREAU_ADMIN, "b"))
    for use_case in (results.ranking, results.lost_items, results.plan_visits):
        with pytest.raises(NotFound):
            use_case(actor, compared.id)


def test_a_form_without_points_gives_verdicts_and_no_rank(session, world, acting):
    from scorecards.form import Condition, VerdictRule, Verdicts, YesNo

    system = acting(system_actor(world.bureaus["a"]))
    verdicts = Verdicts(
        rules=(
            VerdictRule("通过", ((Condition("general_failed", "=", Decimal(0)),),)),
            VerdictRule("不通过", ((Condition("general_failed", ">", Decimal(0)),),)),
        )
    )
    plain = form(item("1", YesNo()), item("2", YesNo()), verdicts=verdicts)
    plan = inspections.make_plan(system, inspections.published(system, plain))
    visit = inspections.make_visit(world, "a1", plan)
    result = inspections.submit(world, visit, {"2": {"met": False}})
    assert (result.score, result.verdict) == (None, "不通过")
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    assert results.ranking(officer, plan.id) == []
    assert [(row.name, row.verdict) for row in results.unranked(officer, plan.id)] == [("演示第一小学", "不通过")]
    assert [(one.code, one.lost, one.share) for one in results.lost_items(officer, plan.id)] == [("2", 0, None)]
