"""The rows of a form: what is proposed for each kind of record, and how a typed row becomes what the schema takes.

Every form has rows, most of them one. What all rows share (hour, meal, reason of a correction) stands once above them.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from marshmallow import fields

from duties.rules import MEAL_TIMES
from kernel.database import new_id
from school.canteen_day import kinds, labels, rules
from school.canteen_day.group_models import SupervisionMember
from school.canteen_day.kinds import Kind
from school.canteen_day.service import completing, equipment, roster
from school.canteen_day.service import figures as keys
from school.canteen_day.service.completing import DayFacts
from school.canteen_day.service.day import last_record, last_values
from school.canteen_staff.labels import REFUSALS
from school.canteen_staff.service.people import refusal_citation

Row = dict[str, Any]
MOST_TYPED = 3  # empty rows for dishes that no menu names
UNITS = {rules.Method.DISHWASHER: 1}  # seconds of what is typed; minutes for the others


def proposed(facts: DayFacts, kind: Kind, meal: str | None, control: str) -> list[Row]:
    """The rows of an empty form, filled in with what the system knows."""
    make = _PROPOSALS.get(kind.code)
    rows = make(facts, meal, control) if make else [{}]
    return [{"id": str(new_id()), **row} for row in rows]


def _staff(facts: DayFacts, _meal: str | None, _control: str) -> list[Row]:
    rows = []
    for person in completing.unchecked(facts):
        row: Row = {"staff_id": str(person.staff.id), "name": person.staff.name, "status": "fit", "refused": ""}
        if person.refusal is not None:
            source = refusal_citation(facts.actor, person.refusal)
            row["refused"] = f"{REFUSALS[person.refusal] % {'name': person.staff.name}}（{source}）"
            row["status"] = "absent"
        rows.append(row)
    return rows


def _refrigerators(facts: DayFacts, _meal: str | None, _control: str) -> list[Row]:
    last = last_values(facts.actor, kinds.REFRIGERATOR, facts.school_id, "refrigerator_id")
    rows = []
    for one in completing.unread(facts, kinds.REFRIGERATOR):
        least, most = facts.figures.range(one.kind)
        before = last.get(one.id)
        rows.append(
            {
                "refrigerator_id": str(one.id), "name": one.name, "place": one.place,
                "range": range_text(least, most), "last": plain(before.celsius) if before else "",
            }
        )  # fmt: skip
    return rows


def _cooking(facts: DayFacts, meal: str | None, _control: str) -> list[Row]:
    low = [one for one in completing.to_cook_on(facts.records(kinds.COOKING)) if one.meal == meal]
    rows: list[Row] = [
        {
            "dish_id": str(one.dish_id or ""),
            "dish_name": one.dish_name,
            "again_of": str(one.id),
            "last": plain(one.celsius),
        }
        for one in low
    ]
    rows += [_dish_row(dish) for dish in completing.unmeasured(facts, meal or "")]
    return rows + _typed(facts, meal, kinds.COOKING, kinds.SAMPLE)


def _samples(facts: DayFacts, meal: str | None, _control: str) -> list[Row]:
    least = int(facts.figures.number(keys.GRAMS))
    last = last_record(facts.actor, kinds.SAMPLE, facts.school_id)
    grams = str(max(last.grams, least) if last else least)
    short = {(one.dish_id, one.dish_name) for one in facts.at_meal(kinds.SAMPLE, meal or "") if not one.is_enough}
    dishes = [dish for dish in completing.unsampled(facts, meal or "") if (dish.dish_id, dish.name) not in short]
    rows = [{**_dish_row(dish), "grams": grams} for dish in dishes]
    return rows + [
        {**row, **({"grams": grams} if row["dish_name"] else {})}
        for row in _typed(facts, meal, kinds.SAMPLE, kinds.COOKING)
    ]


def _dish_row(dish: rules.Dish) -> Row:
    return {"dish_id": str(dish.dish_id or ""), "dish_name": dish.name}


def _typed(facts: DayFacts, meal: str | None, kind: Kind, other: Kind) -> list[Row]:
    """Rows for dishes that no menu names: those that the other kind of record knows of this meal already, and empty
    ones; one where the menu says what there is to eat, for what was added to it."""
    done = {one.dish_name for one in facts.at_meal(kind, meal or "")}
    names = dict.fromkeys(one.dish_name for one in facts.at_meal(other, meal or "") if one.dish_id is None)
    menu = next((one for name, one in facts.menus.items() if name == meal), None)
    planned = {dish.name for dish in menu.dishes} if menu else set()
    known = [name for name in names if name not in done and name not in planned]
    empty = 1 if known or planned else MOST_TYPED
    return [{"typed": "1", "dish_name": name} for name in (*known, *[""] * empty)]


def _accompanying(facts: DayFacts, meal: str | None, _control: str) -> list[Row]:
    turns = [turn for turn in roster.turns(facts.actor, facts.school_id, facts.day, facts.day) if turn.meal == meal]
    eaten = {one.person_name for one in facts.at_meal(kinds.ACCOMPANYING, meal or "")}
    name = next((turn.person_name for turn in turns if turn.person_name not in eaten), facts.actor.display_name)
    good = rules.Rating.GOOD.value
    is_leader = not facts.actor.roles.isdisjoint({"principal", "logistics_director", "canteen_manager"})
    kind = rules.Companion.LEADER if turns or is_leader else rules.Companion.TEACHER
    return [{"person_name": name, "person_kind": kind.value, "dishes": good, "price": good, "service": good}]


def _tasting(facts: DayFacts, _meal: str | None, _control: str) -> list[Row]:
    return [{"taster_name": facts.actor.display_name, "is_fine": "1"}]


def _disinfection(facts: DayFacts, meal: str | None, _control: str) -> list[Row]:
    last = last_record(facts.actor, kinds.DISINFECTION, facts.school_id, **({"meal": meal} if meal else {}))
    if last is None:
        return [{"object": str(labels.DISINFECTED[0]), "method": rules.Method.STEAM.value}]
    unit = UNITS.get(last.method, 60)
    return [
        {
            "object": last.object, "method": last.method, "duration": str(last.seconds // unit),
            "mg_per_litre": plain(last.mg_per_litre), "done_by": last.done_by,
        }
    ]  # fmt: skip


def _waste(facts: DayFacts, meal: str | None, _control: str) -> list[Row]:
    menu = next((one for name, one in facts.menus.items() if name == meal), None)
    return [{"kind": rules.WasteKind.LEFTOVERS.value, "expected": menu.diners if menu else None}]


def _cleaning(facts: DayFacts, _meal: str | None, _control: str) -> list[Row]:
    last = last_record(facts.actor, kinds.CLEANING, facts.school_id)
    areas = last.areas if last else [str(area) for area in labels.AREAS]
    return [{"areas": areas, "done_by": last.done_by if last else facts.actor.display_name}]


def _pests(facts: DayFacts, _meal: str | None, _control: str) -> list[Row]:
    last = last_record(facts.actor, kinds.PEST, facts.school_id)
    if last is None:
        return [{"pests": []}]
    return [{"pests": last.pests, "means": last.means, "places": last.places, "company": last.company}]


def _machines(facts: DayFacts, _meal: str | None, _control: str) -> list[Row]:
    return [
        {"machine_id": str(one.id), "name": one.name, "place": one.place, "is_descaled": "1", "is_disinfected": "1", "seen": "1"}
        for one in completing.unread(facts, kinds.WATER)
    ]  # fmt: skip


def _handover(facts: DayFacts, _meal: str | None, _control: str) -> list[Row]:
    last = last_record(facts.actor, kinds.HANDOVER, facts.school_id)
    return [{"from_name": facts.actor.display_name, "to_name": last.to_name if last else "", "is_locked": "1"}]


def _control(_facts: DayFacts, _meal: str | None, control: str) -> list[Row]:
    return [{"kind": control or rules.ControlKind.DAILY.value}]


def _supervision(facts: DayFacts, _meal: str | None, _control: str) -> list[Row]:
    members = equipment.list_all(facts.actor, SupervisionMember, facts.school_id, only_active=True)
    return [{"member_ids": [str(one.id) for one in members]}]


_PROPOSALS = {
    kinds.STAFF_CHECK.code: _staff,
    kinds.REFRIGERATOR.code: _refrigerators,
    kinds.COOKING.code: _cooking,
    kinds.SAMPLE.code: _samples,
    kinds.ACCOMPANYING.code: _accompanying,
    kinds.TASTING.code: _tasting,
    kinds.DISINFECTION.code: _disinfection,
    kinds.WASTE.code: _waste,
    kinds.CLEANING.code: _cleaning,
    kinds.PEST.code: _pests,
    kinds.WATER.code: _machines,
    kinds.HANDOVER.code: _handover,
    kinds.CONTROL.code: _control,
    kinds.SUPERVISION.code: _supervision,
}


def plain(number: Decimal | None) -> str:
    return "" if number is None else format(number.normalize(), "f")


def range_text(least: Decimal | None, most: Decimal) -> str:
    if least is None:
        return _("不高于 %(most)s ℃", most=plain(most))
    return _("%(least)s～%(most)s ℃", least=plain(least), most=plain(most))


def row_of(kind: Kind, record: Any) -> Row:
    """A record as the row of a form: what a correction begins with."""
    row: Row = {"id": str(new_id())}
    for name in kind.takes().fields:
        value = getattr(record, name, None)
        if isinstance(value, bool):
            row[name] = "1" if value else ""
        elif isinstance(value, Decimal):
            row[name] = plain(value)
        elif isinstance(value, list):
            row[name] = value
        elif value is not None:
            row[name] = str(value)
    if kind is kinds.STAFF_CHECK:
        absent = record.fitness == rules.Fitness.ABSENT
        row |= {"name": record.staff_name, "status": "absent" if absent else "found" if record.findings else "fit"}
        row |= {f"finding_{finding}": "1" for finding in record.findings}
    elif kind is kinds.REFRIGERATOR:
        row["name"] = record.refrigerator_name
    elif kind is kinds.WATER:
        row |= {"name": record.machine_name, "seen": "1"}
    elif kind is kinds.DISINFECTION:
        row["duration"] = str(record.seconds // UNITS.get(record.method, 60))
    elif kind is kinds.WASTE:
        row["kilograms"] = plain(Decimal(record.grams) / 1000)
    return row


def clean(kind: Kind, row: Mapping[str, Any], shared: Mapping[str, Any]) -> Row | None:
    """What the schema takes of a typed row, None where the row was left empty."""
    change = _CLEANERS.get(kind.code)
    changed = {**shared, **row}
    if change is not None:
        result = change(changed)
        if result is None:
            return None
        changed = result
    known = kind.takes().fields
    return {
        # The second button of a bar says no by an empty value; a box that is not ticked says nothing at all.
        name: False if value == "" and isinstance(known.get(name), fields.Boolean) else value
        for name, value in changed.items()
        if name == "id" or name in known
    }


def _clean_staff(row: Row) -> Row | None:
    status = row.get("status", "")
    if not status:
        return None
    findings = [finding.value for finding in rules.Finding if row.get(f"finding_{finding}")]
    if status == "absent":
        return {**row, "is_absent": True, "findings": [], "celsius": ""}
    return {**row, "is_absent": False, "findings": findings if status == "found" else []}


def _needs(field: str) -> Any:
    def clean_row(row: Row) -> Row | None:
        return row if str(row.get(field, "")).strip() else None

    return clean_row


def _clean_machine(row: Row) -> Row | None:
    return row if row.get("seen") else None


def _clean_disinfection(row: Row) -> Row:
    typed = str(row.get("duration", "")).strip()
    unit = UNITS.get(row.get("method", ""), 60)
    return {**row, "seconds": int(typed) * unit if typed.isascii() and typed.isdigit() and len(typed) < 6 else typed}


def _clean_waste(row: Row) -> Row:
    typed = str(row.get("kilograms", "")).strip()
    try:
        grams = Decimal(typed) * 1000
        return {**row, "grams": int(grams) if grams == grams.to_integral_value() else typed}
    except ArithmeticError:
        return {**row, "grams": typed}


def _clean_dish(row: Row, field: str) -> Row | None:
    """A row for a typed dish is empty without its name; one of the menu without what was measured."""
    if row.get("typed") and not str(row.get("dish_name", "")).strip():
        return None
    return row if row.get("typed") or str(row.get(field, "")).strip() else None


def _listed(field: str) -> Any:
    """Ticked boxes of a list stand as `areas_0`, `areas_1` …: a row's field has one value."""

    def clean_row(row: Row) -> Row:
        ticked = [value for name, value in row.items() if name.startswith(f"{field}_") and value]
        return {**row, field: ticked or row.get(field, [])}

    return clean_row


_CLEANERS: Mapping[str, Any] = {
    kinds.STAFF_CHECK.code: _clean_staff,
    kinds.REFRIGERATOR.code: _needs("celsius"),
    kinds.COOKING.code: lambda row: _clean_dish(row, "celsius"),
    kinds.SAMPLE.code: lambda row: _clean_dish(row, "grams"),
    kinds.WATER.code: _clean_machine,
    kinds.DISINFECTION.code: _clean_disinfection,
    kinds.WASTE.code: _clean_waste,
    kinds.CLEANING.code: _listed("areas"),
    kinds.PEST.code: _listed("pests"),
    kinds.SUPERVISION.code: _listed("member_ids"),
}


def default_day(value: Any, current: date) -> date:
    """The day of an address: none or one still to come is today."""
    return current if value is None or value > current else value


def default_hour(day: date, meal: str | None) -> str:
    """What a late entry proposes as the hour at which it happened: the meal's, else the morning's."""
    return f"{day.isoformat()}T{MEAL_TIMES.get(meal or '', MEAL_TIMES['breakfast']):%H:%M}"
