"""What the bureau counts across schools, each school's survey and its answer, and what an inspector takes along."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bureau.oversight.feeds import Span
from bureau.roles import Role
from bureau.surveys import rules as survey_rules
from bureau.surveys.demo import satisfaction_form
from bureau.surveys.service import answering
from kernel.actor import system_actor
from kernel.database import db, new_id, now
from kernel.database.scope import use_scope
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.web.dates import today
from school.canteen.models import Dish, Menu, MenuDish, MenuMeal
from school.canteen_day import kinds
from school.canteen_day.service import exporting, group, overseeing
from tests.support.canteen_day import COOKED, SAMPLE, TASTED, add_person, add_refrigerator, at, cook, keep
from tests.support.inspections import published

YESTERDAY = today() - timedelta(days=1)
SPAN = Span(YESTERDAY, today())


def add_menu(actor, day, names, *, state="published"):
    """A menu of one lunch, written as the tables hold it."""
    key = {"bureau_id": actor.bureau_id, "school_id": actor.school_id}
    dishes = [
        Dish(**key, id=new_id(), code=name, name=name, search_name=name, kind="meat", created_by=actor.account_id)
        for name in names
    ]
    published_at = (
        {"published_at": now(), "published_by": actor.account_id, "edition": 1, "is_public": True}
        if state == "published"
        else {}
    )
    menu = Menu(
        **key, id=new_id(), monday=day - timedelta(days=day.weekday()), state=state, created_by=actor.account_id,
        **{name: value for name, value in published_at.items() if hasattr(Menu, name)},
    )  # fmt: skip
    meal = MenuMeal(**key, id=new_id(), menu_id=menu.id, on_day=day, meal="lunch", planned_diners=400)
    db.session.add_all([*dishes, menu])
    db.session.flush()
    db.session.add(meal)
    db.session.flush()
    for place, dish in enumerate(dishes):
        db.session.add(
            MenuDish(
                **key, id=new_id(), menu_meal_id=meal.id, dish_id=dish.id, position=place, dish_name=dish.name,
                dish_kind=dish.kind,
            )
        )  # fmt: skip
    db.session.flush()
    return dishes


def test_the_bureau_counts_what_was_missing_and_out_of_range(session, world, acting):
    actor = cook(world)
    pork, _fish = add_menu(actor, YESTERDAY, ["红烧肉", "清蒸鱼"])
    keep(actor, kinds.SAMPLE, at(12, days=-1), **{**SAMPLE, "dish_id": pork.id})
    keep(actor, kinds.SAMPLE, at(12, days=-1), **{**SAMPLE, "dish_name": "清蒸鱼", "grams": 60})
    low = keep(actor, kinds.COOKING, **{**COOKED, "celsius": Decimal(60)})
    keep(actor, kinds.COOKING, **COOKED, again_of=low.id)
    keep(actor, kinds.COOKING, **{**COOKED, "dish_name": "鱼", "celsius": Decimal(50)})
    cold = add_refrigerator(actor)
    keep(actor, kinds.REFRIGERATOR, refrigerator_id=cold.id, celsius=Decimal(12), action="报修")
    keep(actor, kinds.STAFF_CHECK, staff_id=add_person(actor, "演示甲").id, findings=["vomiting"])
    school = actor.school_id
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    found = {name: count(officer, SPAN).get(school, 0) for name, count in overseeing.COUNTS.items()}
    assert found == {
        "missing_samples": 1, "low_temperatures": 1, "out_of_range": 1, "kept_away": 1, "overdue_findings": 0,
    }  # fmt: skip
    first = overseeing.lines(officer, SPAN.first, SPAN.last)[0]
    assert (first.school_id, first.wrong) == (school, 3)
    zone = acting(world.actor(Role.ZONE_SUPERVISOR, "a-west"))
    assert all(count(zone, SPAN) == {} for count in overseeing.COUNTS.values())
    assert school not in {line.school_id for line in overseeing.lines(zone, SPAN.first, SPAN.last)}


def test_today_may_still_come_and_a_draft_promises_nothing(session, world, acting):
    actor = cook(world)
    add_menu(actor, today(), ["红烧肉"])
    add_menu(cook(world, "a2"), YESTERDAY, ["红烧肉"], state="draft")
    assert overseeing.missing_samples(acting(world.actor(Role.CANTEEN_OFFICER)), SPAN) == {}


def test_the_menus_dishes_stand_on_the_page_of_the_day(session, world, client_as):
    add_menu(cook(world), today(), ["红烧肉", "清蒸鱼"])
    session.commit()
    text = client_as(Role.CANTEEN_MANAGER).get("/canteen-day").get_data(as_text=True)
    assert "红烧肉、清蒸鱼" in text
    assert "待记：红烧肉、清蒸鱼" in text
    form = client_as(Role.CANTEEN_MANAGER).get("/canteen-day/enter/food_sample?meal=lunch").get_data(as_text=True)
    assert 'name="rows-1-dish_name" value="清蒸鱼"' in form


@pytest.fixture
def survey(session, world):
    bureau = system_actor(world.bureaus["a"])
    use_scope(db.session(), bureau.scope)
    version = published(bureau, satisfaction_form())
    head = cook(world, role=Role.LOGISTICS_DIRECTOR)
    return head, group.open_survey(head, new_id(), version.id)


def answer(survey, count, level):
    for number in range(count):
        opened = now() - timedelta(seconds=60)
        answering.answer(
            survey.bureau_id, survey.school_id, survey.code,
            ticket=survey_rules.make_ticket(survey.key, opened, f"t-{number}"),
            answers={str(one): {"level": level} for one in range(1, 7)}, comment="", address=f"10.9.0.{number}",
        )  # fmt: skip


def test_a_school_asks_reads_the_result_and_answers_it(world, survey):
    head, asked = survey
    assert group.page_of(head, head.school_id).next_survey_on == today() + timedelta(days=14)
    with pytest.raises(RuleBroken):
        group.reply(head, new_id(), asked.id, "谢谢")
    answer(asked, 12, "3")
    cook(world, role=Role.LOGISTICS_DIRECTOR)
    shown = group.page_of(head, head.school_id).surveys[0]
    assert (shown.counted, shown.percent, shown.is_low) == (12, Decimal("60.0"), True)
    reply_id = new_id()
    group.reply(head, reply_id, asked.id, "已增加青菜")
    group.reply(head, reply_id, asked.id, "已增加青菜")
    with pytest.raises(Conflict):
        group.reply(head, reply_id, asked.id, "别的话")
    assert [one.words for one in group.page_of(head, head.school_id).surveys[0].replies] == ["已增加青菜"]


def test_a_group_that_lacks_a_kind_of_member_is_told_so(session, world):
    actor = cook(world)
    assert len(group.page_of(actor, actor.school_id).missing_kinds) == 5


def test_a_binder_holds_all_kinds_the_corrected_ones_too_and_how_long_to_keep_them(session, world):
    actor = cook(world)
    wrong = keep(actor, kinds.TASTING, **TASTED)
    keep(actor, kinds.TASTING, **TASTED, corrects_id=wrong.id, correction_reason="补备注", note="一")
    keep(actor, kinds.SAMPLE, **SAMPLE)
    binder = exporting.gather(actor, actor.school_id, YESTERDAY, today())
    assert {sheet.kind.code: len(sheet.records) for sheet in binder.sheets} == {"tasting": 2, "food_sample": 1}
    headings, rows = exporting.table_of(binder.sheets[0])
    assert all(len(row) == len(headings) for row in rows)
    assert [row[headings.index("更正")] for row in rows] == ["已被更正", "补备注"]
    assert (binder.keep_until - today()).days >= 730 - 1
    assert exporting.gather(actor, actor.school_id, YESTERDAY, today(), ["waste_weight"]).sheets == []
    for first, last in ((today(), YESTERDAY), (today() - timedelta(days=300), today())):
        with pytest.raises(Invalid):
            exporting.gather(actor, actor.school_id, first, last)
