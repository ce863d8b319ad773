"""Two weeks of three canteens, day by day as it happened, and two days of some others; with what goes wrong in a
canteen: a dish not cooked through, a refrigerator too warm, a cook with a cut, a sample that somebody forgot."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_babel import force_locale

from bureau.demo import MARK, SEED
from bureau.demo.context import DemoContext
from bureau.demo.names import NameMaker
from bureau.demo.people import SHOW_SCHOOLS, Person, build_people, holder
from duties.rules import MEAL_TIMES
from kernel.actor import Actor
from kernel.database import clock_at, db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import SHANGHAI
from kernel.workdays import service as workdays
from kernel.workdays.rules import is_workday
from school.canteen_day import kinds, labels, rules
from school.canteen_day.group_models import SupervisionMember
from school.canteen_day.kinds import Kind
from school.canteen_day.models import Refrigerator, WaterMachine
from school.canteen_day.service import equipment, findings, group, keeping, roster, samples
from school.canteen_day.service.completing import records_of
from school.canteen_day.service.menu import menus_on
from school.canteen_day.service.preparing import Entry
from school.canteen_staff.models import CanteenStaff
from school.canteen_staff.service.people import working_on
from school.diners.rules import Meal

DAYS = 14  # back from today, of the show schools; the others keep this week's samples
OTHERS = 6  # that have a menu of this week
USUAL_DISHES = ("红烧肉", "番茄炒蛋", "清炒时蔬", "紫菜蛋花汤", "米饭")
COLD = (("留样专柜", "sample", "留样间"), ("1 号冰箱", "chilled", "操作间"), ("2 号冰柜", "frozen", "仓库"))
USUAL_COLD = {"sample": Decimal("4.0"), "chilled": Decimal("5.0"), "frozen": Decimal("-18.0")}


@dataclass
class Kitchen:
    """A canteen of the demo: its people's accounts by role, its staff and its equipment. `number`: which school."""

    number: int
    school_id: int
    people: Mapping[str, Actor]
    rng: random.Random
    staff: Sequence[CanteenStaff] = ()
    cold: Sequence[Refrigerator] = ()
    machines: Sequence[WaterMachine] = ()

    @property
    def officer(self) -> Actor:
        return self.people.get("food_safety_officer", self.people["canteen_manager"])

    @property
    def principal(self) -> Actor:
        return self.people["principal"]


def demo(app: Flask, demo: DemoContext) -> None:
    people = build_people(demo.district)
    with force_locale("zh_CN"):
        for number, school in enumerate(demo.district.schools[: SHOW_SCHOOLS + OTHERS]):
            if school.canteen_mode == "none":
                continue
            kitchen = _kitchen(demo, people, number, school.code)
            calendar = workdays.calendar(demo.bureau_id)
            is_shown = number < SHOW_SCHOOLS
            back = DAYS if is_shown else demo.today.weekday()
            days = [demo.today - timedelta(days=ago) for ago in range(back, -1, -1)]
            school_days = [day for day in days if is_workday(day, calendar)]
            for day in school_days:
                if is_shown:
                    _morning(kitchen, day)  # today has begun as well: the rest of it is still to do
                if day < demo.today:
                    _meals(kitchen, day, is_shown=is_shown)
                    if is_shown:
                        _evening(kitchen, day)
            if number < SHOW_SCHOOLS:
                _governed(kitchen, demo.today, school_days)
            db.session.commit()
            db.session.expunge_all()


def _kitchen(demo: DemoContext, people: tuple[Person, ...], number: int, code: str) -> Kitchen:
    found = {}
    for role in ("principal", "logistics_director", "canteen_manager", "food_safety_officer"):
        try:
            person = holder(people, role, code)
        except KeyError:
            continue
        found[role] = Actor(
            demo.accounts[person.username], person.name, "school", demo.bureau_id, school_id=demo.schools[code],
            roles=frozenset({role}),
        )  # fmt: skip
    kitchen = Kitchen(number, demo.schools[code], found, random.Random(f"canteen:{SEED}:{code}"))
    use_scope(db.session(), kitchen.officer.scope)
    kitchen.staff = [one.staff for one in working_on(kitchen.officer, kitchen.school_id, demo.today)]
    manager = kitchen.people["canteen_manager"]
    with clock_at(_at(demo.today - timedelta(days=60), 9, 0)):
        kitchen.cold = [
            equipment.save(manager, Refrigerator, new_id(), {"name": name, "kind": kind, "place": place})[0]
            for name, kind, place in COLD
        ]
        kitchen.machines = [
            equipment.save(manager, WaterMachine, new_id(), {"name": f"{place}饮水机", "place": place})[0]
            for place in ("教学楼一层", "教学楼二层")
        ]
    return kitchen


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def _keep(actor: Actor, kind: Kind, at: datetime, rows: Sequence[Mapping[str, Any]], *, later: int = 3) -> list[Any]:
    """Written down `later` minutes after it happened."""
    with clock_at(at + timedelta(minutes=later)):
        return [record for record, _new in keeping.keep(actor, kind, [Entry(new_id(), row, at) for row in rows])]


def _meals(kitchen: Kitchen, day: date, *, is_shown: bool) -> None:
    """The samples of every meal of the menu, and before there were menus of lunch. Everything about a meal: of every
    one of the first school, of the lunches of the other show schools."""
    menus = menus_on(kitchen.officer, kitchen.school_id, day)
    if any(menu.dishes for menu in menus.values()):
        wanted = list(menus)
    else:
        wanted = [meal for meal in menus if meal is Meal.LUNCH]
    for meal in wanted:
        menu = menus[meal]
        known: list[dict[str, Any]] = [{"dish_id": dish.dish_id, "dish_name": dish.name} for dish in menu.dishes]
        cooked = {dish.dish_id for dish in menu.cooked}
        dishes = known or [{"dish_id": None, "dish_name": name} for name in USUAL_DISHES]
        _sampled(kitchen, day, meal, dishes)
        if is_shown and (kitchen.number == 0 or meal is Meal.LUNCH):
            _meal(kitchen, day, meal, [dish for dish in dishes if not known or dish["dish_id"] in cooked])


def _morning(kitchen: Kitchen, day: date) -> None:
    rng = kitchen.rng
    with clock_at(_at(day, 6, 58)):
        allowed = {one.staff.id: one.refusal is None for one in working_on(kitchen.officer, kitchen.school_id, day)}
    rows: list[dict[str, Any]] = []
    for number, staff in enumerate(kitchen.staff):
        if staff.id not in allowed:
            continue
        row: dict[str, Any] = {"staff_id": staff.id}
        if not allowed[staff.id] or rng.random() < 0.04:
            row["is_absent"] = True
        elif number == 1 and day.day % 9 == 4:
            row |= {"findings": ["hand_wound"], "action": "调离直接接触食品岗位，回家休息"}
        elif rng.random() < 0.03:
            row |= {"findings": ["clothing"], "action": "当场更换工作帽"}
        rows.append(row)
    _keep(kitchen.officer, kinds.STAFF_CHECK, _at(day, 7, rng.randrange(2, 20)), rows)
    readings = []
    for one in kitchen.cold:
        celsius = USUAL_COLD[one.kind] + Decimal(rng.randrange(-10, 11)) / 10
        too_warm = one.kind == "chilled" and rng.random() < 0.05
        readings.append(
            {
                "refrigerator_id": one.id,
                "celsius": Decimal("11.5"),
                "action": "门封条未关严，食材已移到 2 号冰箱，已报修",
            }
            if too_warm
            else {"refrigerator_id": one.id, "celsius": celsius, "action": ""}
        )
    _keep(kitchen.people["canteen_manager"], kinds.REFRIGERATOR, _at(day, 8, rng.randrange(40)), readings)
    due = [
        one.id for one in samples.kept(kitchen.officer, kitchen.school_id) if one.dispose_not_before <= _at(day, 8, 45)
    ]
    if due:
        with clock_at(_at(day, 8, 45)):
            samples.dispose_due(kitchen.officer, due)


def _served(day: date, meal: Meal) -> datetime:
    return datetime.combine(day, MEAL_TIMES[meal], SHANGHAI)


def _sampled(kitchen: Kitchen, day: date, meal: Meal, dishes: Sequence[Mapping[str, Any]]) -> None:
    """At the second school somebody forgets a dish now and then: what the bureau's page is there to find."""
    rng = kitchen.rng
    kept = [dish for dish in dishes if not (kitchen.number == 1 and rng.random() < 0.06)]
    place = {"refrigerator_id": kitchen.cold[0].id, "keeper_id": kitchen.staff[0].id if kitchen.staff else None}
    rows = [{"meal": meal.value, **dish, **place, "grams": rng.randrange(130, 180)} for dish in kept]
    if rows:
        _keep(kitchen.officer, kinds.SAMPLE, _served(day, meal) - timedelta(minutes=5), rows)


def _meal(kitchen: Kitchen, day: date, meal: Meal, cooked: Sequence[Mapping[str, Any]]) -> None:
    rng, served = kitchen.rng, _served(day, meal)
    manager, own = kitchen.people["canteen_manager"], {"meal": meal.value}
    if cooked:
        rows = [{**own, **dish, "celsius": Decimal(rng.randrange(740, 920)) / 10} for dish in cooked]
        if rng.random() < 0.08:
            rows[0]["celsius"] = Decimal("64.5")
        measured = _keep(manager, kinds.COOKING, served - timedelta(minutes=25), rows)
        low = [one for one in measured if not one.is_enough]
        again = [{**own, "dish_name": one.dish_name, "celsius": Decimal("81.0"), "again_of": one.id} for one in low]
        if again:
            _keep(manager, kinds.COOKING, served - timedelta(minutes=12), again)
    tasted = {**own, "taster_name": manager.display_name, "is_fine": True}
    _keep(manager, kinds.TASTING, served - timedelta(minutes=10), [tasted])
    if rng.random() > 0.05:
        eater = kitchen.principal if day.weekday() % 2 == 0 else kitchen.people["logistics_director"]
        poor = rng.random() < 0.04
        good = {
            "dishes": "poor" if poor else rng.choice(("good", "good", "good", "fair")),
            "price": "good",
            "service": "good",
        }
        comment = "蔬菜有些凉，建议缩短备餐到开餐的时间" if poor else rng.choice(("", "味道不错", "汤可以再热一些"))
        ate = {**own, **good, "person_name": eater.display_name, "person_kind": "leader", "comment": comment}
        _keep(eater, kinds.ACCOMPANYING, served + timedelta(minutes=35), [ate])
    weighed = {**own, "kind": "leftovers", "grams": rng.randrange(18, 60) * 500, "taken_by": "", "diners": None}
    _keep(manager, kinds.WASTE, served + timedelta(minutes=75), [weighed])
    washed = {
        **own,
        "object": str(labels.DISINFECTED[0]),
        "method": "steam",
        "seconds": rng.choice((900, 1200)),
        "done_by": "",
    }
    # One day in a dozen it is written down in the evening only: the record says so.
    later = 400 if rng.random() < 0.08 and meal is Meal.LUNCH else 5
    _keep(manager, kinds.DISINFECTION, served + timedelta(minutes=110), [washed], later=later)


def _evening(kitchen: Kitchen, day: date) -> None:
    rng, manager = kitchen.rng, kitchen.people["canteen_manager"]
    cleaned = {"areas": [str(area) for area in labels.AREAS], "exceptions": "", "done_by": ""}
    _keep(manager, kinds.CLEANING, _at(day, 18, rng.randrange(50)), [cleaned])
    found = [{"text": "洗消间地面有积水"}] if rng.random() < 0.12 else []
    report = {"kind": "daily", "summary": "", "attendees": "", "findings": found}
    _keep(kitchen.officer, kinds.CONTROL, _at(day, 17, rng.randrange(50)), [report])
    if day.weekday() == 4:
        week = {
            "kind": "weekly", "attendees": "", "findings": [],
            "summary": "本周排查食材验收、加工、留样、消毒四个环节，记录齐全；下周重点检查冷藏设备门封和从业人员着装。",
        }  # fmt: skip
        director = kitchen.people["logistics_director"]
        _keep(director, kinds.CONTROL, _at(day, 18, 55), [week])
        checked = [
            {"machine_id": one.id, "is_descaled": True, "is_disinfected": True, "exceptions": ""}
            for one in kitchen.machines
        ]
        _keep(director, kinds.WATER, _at(day, 16, 20), checked)
    handed = {
        "from_name": "",
        "to_name": kitchen.staff[-1].name if kitchen.staff else "",
        "is_locked": True,
        "matters": "",
    }
    if kitchen.staff and day.weekday() in (0, 4):
        _keep(manager, kinds.HANDOVER, _at(day, 19, 5), [handed])


def _governed(kitchen: Kitchen, day: date, school_days: Sequence[date]) -> None:
    """The group, its check, the month's meeting, a treatment against pests, turns, and what was answered and put right."""
    director, names = kitchen.people["logistics_director"], NameMaker(kitchen.rng)
    past = [one for one in school_days if one < day]
    if not past:
        return
    with clock_at(_at(past[0], 9, 0)):
        members = [
            equipment.save(director, SupervisionMember, new_id(), {"name": names(), "kind": kind.value, "note": ""})[0]
            for kind in rules.MemberKind
        ]
    half = past[len(past) // 2]
    checked = {
        "hygiene": 92, "dishes": 86, "service": 95, "member_ids": [one.id for one in members], "findings": [],
        "minutes": "现场查看操作间、留样柜和就餐区，询问学生对饭菜的意见；菜品花样可再增加。",
    }  # fmt: skip
    _keep(director, kinds.SUPERVISION, _at(half, 11, 20), [checked])
    treated = {
        "pests": ["rodents", "flies"],
        "means": "更换粘鼠板 8 张、粘蝇纸 12 张",
        "places": "仓库、操作间",
        "company": "",
    }
    _keep(kitchen.people["canteen_manager"], kinds.PEST, _at(past[0], 15, 0), [treated])
    meeting = {
        "kind": "monthly", "attendees": "校长、总务主任、食品安全员、司务长", "findings": [],
        "summary": "听取食品安全员汇报；本月发现的问题均已明确责任人和期限；要求加强陪餐意见的答复。",
    }  # fmt: skip
    _keep(kitchen.principal, kinds.CONTROL, _at(past[-1], 16, 0), [meeting])
    onsite = {
        "attendees": "校长、总务主任、家长委员会代表 5 人", "topics": "通报采购验收、食谱和伙食账公开情况，现场查看后厨。",
        "decisions": "每月开放一次后厨；家长陪餐每周一次。",
    }  # fmt: skip
    _keep(kitchen.principal, kinds.MEETING, _at(past[0], 14, 30), [onsite])
    heads = [kitchen.principal.display_name, director.display_name]
    roster.rotate(director, Meal.LUNCH, heads, day, day + timedelta(days=28))
    _put_right(kitchen, past[-1])
    _corrected(kitchen, past)
    for asked in group.page_of(director, kitchen.school_id).surveys:
        if asked.percent is not None and not asked.replies:
            group.reply(
                director, new_id(), asked.survey.id, f"{MARK}·食堂答复：已增加绿叶菜，汤桶加装保温盖，请继续提意见。"
            )


def _put_right(kitchen: Kitchen, day: date) -> None:
    """All but the newest finding is put right; of those the half is confirmed."""
    director = kitchen.people["logistics_director"]
    for number, one in enumerate(list(findings.open_findings(kitchen.officer, kitchen.school_id))[:-1]):
        with clock_at(_at(max(day, one.found_on), 17, 30)):
            findings.act(kitchen.people["canteen_manager"], one.id, "fix", one.version, "已清理，加装挡水条")
            if number % 2 == 0:
                findings.act(director, one.id, "confirm", one.version, "现场查看，已整改到位")


def _corrected(kitchen: Kitchen, days: Sequence[date]) -> None:
    """A slip of the finger and its correction: both stay."""
    weighed = records_of(kitchen.officer, kinds.WASTE, kitchen.school_id, days[-1], days[-1])
    if not weighed:
        return
    first = weighed[0]
    values = {
        "meal": first.meal,
        "kind": first.kind,
        "grams": first.grams + 2000,
        "taken_by": "",
        "diners": first.diners,
    }
    with clock_at(first.created_at + timedelta(minutes=20)):
        entry = Entry(
            new_id(), values, first.happened_at, corrects_id=first.id, correction_reason="漏称一桶，补称后更正"
        )
        keeping.keep_one(kitchen.people["canteen_manager"], kinds.WASTE, entry)
