"""Two rounds of demand: last year's, aggregated, and this year's, in which the schools stand at several stages.

Last year's is also what this year's proposals are scaled from: each school had somewhat fewer diners then.
"""

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from bureau.catalogue.service.categories import list_categories
from bureau.demand.models import DemandItem, DemandRound, DemandSheet
from bureau.demand.service import lots, proposals, rounds, sheets
from bureau.demand.service.moving import get_sheet
from bureau.demo import MARK, SEED
from bureau.demo.context import DemoContext
from bureau.demo.people import Person, build_people, holder
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import SHANGHAI

# What a diner needs in a month where nothing is known of the item, in its base unit.
NORM = Decimal("0.08")
NORMS = {"kg": NORM, "L": Decimal("0.3"), "盒": Decimal("2")}
OWED = 3  # every so many-th school has not begun this year's sheet
CLOSED = (7, 8, 1, 2)  # nobody eats at school in the holidays
BY_ZONE = ("vegetable", "mushroom", "fruit", "livestock", "poultry", "aquatic", "soy")


def demo(app: Flask, demo: DemoContext) -> None:
    people = build_people(demo.district)
    with force_locale("zh_CN"):
        officer = _officer(demo)
        last = _last_year(demo, officer, people)
        _this_year(demo, officer, people, last)


def _officer(demo: DemoContext) -> Actor:
    use_scope(db.session(), demo.actor().scope)
    actor = demo.officer("bureau-procurement", "procurement_officer")
    use_scope(db.session(), actor.scope)
    return actor


def _at_school(demo: DemoContext, people: tuple[Person, ...], role: str, code: str) -> Actor:
    person = holder(people, role, code)
    return Actor(
        account_id=demo.accounts[person.username], display_name=person.name, level="school", bureau_id=demo.bureau_id,
        school_id=demo.schools[code], roles=frozenset({role}),
    )  # fmt: skip


def _open(
    demo: DemoContext, officer: Actor, title: str, first: date, deadline: date, previous: UUID | None
) -> DemandRound:
    categories = list_categories(officer)
    row = rounds.open_round(
        officer, id=new_id(), title=f"{title}（{MARK}）", first_month=first, month_count=12,
        deadline=datetime.combine(deadline, time(18), SHANGHAI), category_ids=[one.id for one in categories],
        zone_category_ids=[one.id for one in categories if one.code in BY_ZONE],
        schools=rounds.SchoolChoice(canteen_modes=("self_run", "contracted")), previous_id=previous,
        note="请按实际就餐人数填报，寒暑假月份填 0。",
    )  # fmt: skip
    db.session.flush()
    return row


def _last_year(demo: DemoContext, officer: Actor, people: tuple[Person, ...]) -> DemandRound:
    """Opened, filled, approved and aggregated: its lots are what tenders of the demo use."""
    first = date(demo.today.year - 1, 9, 1) if demo.today.month < 9 else demo.today.replace(month=9, day=1)
    row = _open(demo, officer, f"{first.year} 学年食材需求", first, demo.today + timedelta(days=1), None)
    items = rounds.items_of(officer, row.id)
    rng = random.Random(f"demand:{SEED}")
    _shrink(officer, row, rng)
    codes = _codes(demo, officer, row)
    for code in codes:
        _fill(demo, people, row, items, code, rng)
        _submit(demo, people, row, code)
        _approve(demo, officer, row, code)
        db.session.commit()
    use_scope(db.session(), officer.scope)
    rounds.close_round(officer, row.id, row.version)
    lots.aggregate(officer, row.id, row.version)
    db.session.commit()
    return row


def _shrink(officer: Actor, row: DemandRound, rng: random.Random) -> None:
    """The sheets were made with today's numbers; a year ago there were some others."""
    for sheet in db.session.scalars(
        select(DemandSheet).where(DemandSheet.bureau_id == officer.bureau_id, DemandSheet.round_id == row.id)
    ):
        sheet.diners = round(sheet.diners * rng.uniform(0.9, 1.06))
    db.session.flush()


def _codes(demo: DemoContext, officer: Actor, row: DemandRound) -> list[str]:
    use_scope(db.session(), officer.scope)
    taking_part = set(
        db.session.scalars(
            select(DemandSheet.school_id).where(
                DemandSheet.bureau_id == officer.bureau_id, DemandSheet.round_id == row.id
            )
        )
    )
    return [code for code, school_id in demo.schools.items() if school_id in taking_part]


def _fill(
    demo: DemoContext, people: tuple[Person, ...], row: DemandRound, items: Sequence[DemandItem], code: str,
    rng: random.Random,
) -> None:  # fmt: skip
    actor = _at_school(demo, people, "storekeeper", code)
    use_scope(db.session(), actor.scope)
    sheet = _own(actor, row)
    months = [(row.first_month.month - 1 + step) % 12 + 1 for step in range(row.month_count)]
    changes = []
    for item in items:
        if rng.random() < 0.15:
            continue  # not every school uses everything
        base = NORMS.get(item.unit, NORM) * sheet.diners * Decimal(str(round(rng.uniform(0.5, 1.5), 2)))
        changes.append(
            sheets.RowChange(
                item.item_id, 0,
                [Decimal(0) if month in CLOSED else Decimal(round(base * _season(month))) for month in months],
            )
        )  # fmt: skip
    sheets.save_rows(actor, row.id, changes)


def _season(month: int) -> Decimal:
    return Decimal("0.7") if month in (6, 12) else Decimal(1)


def _own(actor: Actor, row: DemandRound) -> DemandSheet:
    return get_sheet(actor, actor.own_school_id(), row.id)


def _submit(demo: DemoContext, people: tuple[Person, ...], row: DemandRound, code: str) -> None:
    actor = _at_school(demo, people, "principal", code)
    db.session.flush()
    use_scope(db.session(), actor.scope)
    sheets.submit(actor, row.id, _own(actor, row).version)


def _approve(demo: DemoContext, officer: Actor, row: DemandRound, code: str) -> None:
    db.session.flush()
    use_scope(db.session(), officer.scope)
    school_id = demo.schools[code]
    sheets.approve(officer, school_id, row.id, get_sheet(officer, school_id, row.id).version)


def _this_year(demo: DemoContext, officer: Actor, people: tuple[Person, ...], last: DemandRound) -> None:
    """Open, its deadline near: some schools owe it, some have handed in, one was sent back."""
    use_scope(db.session(), officer.scope)
    first = last.first_month.replace(year=last.first_month.year + 1)
    row = _open(demo, officer, f"{first.year} 学年食材需求", first, demo.today + timedelta(days=5), last.id)
    items = rounds.items_of(officer, row.id)
    rounds.set_norms(officer, row.id, {item.item_id: NORMS.get(item.unit, NORM) for item in items}, row.version)
    db.session.commit()
    for place, code in enumerate(_codes(demo, officer, row)):
        if place % OWED == 0:
            continue
        keeper = _at_school(demo, people, "storekeeper", code)
        use_scope(db.session(), keeper.scope)
        proposals.take_proposals(keeper, row.id)
        if place % OWED == 1:
            _submit(demo, people, row, code)
            if place % 2:
                _approve(demo, officer, row, code)
            elif place % 4 == 0:
                use_scope(db.session(), officer.scope)
                sheet = get_sheet(officer, demo.schools[code], row.id)
                sheets.send_back(
                    officer, sheet.school_id, row.id, sheet.version, "9 月大米数量比上年多一倍，请核对就餐人数。"
                )
        db.session.commit()
