"""What the page to fill shows and sends: a card per answer, named by its place: the item's number in the form, and
the room's or window's code where it repeats ("3", "3-A1")."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bureau.inspections.answer_fields import read_item
from bureau.inspections.fill_page import Card, FilledSection
from bureau.inspections.rules import section_keys
from scorecards.form import Form, Item, Section


@dataclass(frozen=True, slots=True)
class Place:
    """One thing to answer: its name in the page, the answer's key, the item."""

    name: str
    key: str
    item: Item


@dataclass(frozen=True, slots=True)
class Part:
    """A section, or a section in one room or window. `absent_key`: of the answer that it does not apply as a whole,
    "" where it may not be left out."""

    section: Section
    title: str
    absent_key: str
    places: Sequence[Place] = field(default_factory=list)


def layout(form: Form, units: Mapping[str, Any]) -> list[Part]:
    """The form as it is filled: in the form's order, a form that repeats room by room."""
    if form.repeat is not None:
        return [part for unit in units.get("", ()) for part in _parts(form, unit, lambda _section: True)]
    parts: list[Part] = []
    for section in form.sections:
        if section.repeat is None:
            parts += _parts(form, None, lambda one, section=section: one is section)  # type: ignore[misc]
        else:
            for unit in units.get(section.code, ()):
                parts += _parts(form, unit, lambda one, section=section: one is section)  # type: ignore[misc]
    return parts


def _parts(form: Form, unit: Mapping[str, Any] | None, wanted: Any) -> Iterator[Part]:
    position = 0
    for section in form.sections:
        places = []
        for item in section.items:
            name = str(position) if unit is None else f"{position}-{unit['code']}"
            places.append(Place(name, item.code if unit is None else f"{item.code}@{unit['code']}", item))
            position += 1
        if not wanted(section):
            continue
        title = section.title if unit is None else f"{section.title} · {unit.get('label') or unit['code']}"
        yield Part(section, title, _absent_key(form, section, unit), places)


def _absent_key(form: Form, section: Section, unit: Mapping[str, Any] | None) -> str:
    if not section.na_allowed or section.code in {item.code for item in form.items()}:
        return ""
    return f"{section.code}@{unit['code']}" if form.repeat is not None and unit is not None else section.code


def place_named(parts: Sequence[Part], name: str) -> Place | None:
    return next((place for part in parts for place in part.places if place.name == name), None)


def prefix_of(place: Place) -> str:
    return f"i{place.name}-"


def read_answers(parts: Sequence[Part], fields: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Every answer (None: cleared) and remark that the page sent, by key; what it did not send is left alone."""
    answers: dict[str, Any] = {}
    remarks: dict[str, str] = {}
    for part in parts:
        for place in part.places:
            prefix = prefix_of(place)
            # "3-A-" is a room of item 3, which then has no fields of its own.
            if not any(name.startswith(prefix) for name in fields):
                continue
            answers[place.key] = read_item(place.item, prefix, fields)
            remark = fields.get(prefix + "remark")
            if remark is not None:
                remarks[place.key] = str(remark).strip()
    return answers, remarks


@dataclass(frozen=True, slots=True)
class Shown(FilledSection):
    """`is_absent`: said not to apply as a whole."""

    absent_key: str = ""
    is_absent: bool = False


def shown_sections(
    form: Form,
    parts: Sequence[Part],
    answers: Mapping[str, Mapping[str, Any]],
    remarks: Mapping[str, str],
    photos: Mapping[str, Sequence[Any]],
    tags: frozenset[str],
    errors: Mapping[str, Sequence[str]] | None = None,
) -> list[Shown]:
    """All by key. `tags`: what the school has; `errors`: why an answer was refused."""
    whole = section_keys(form, answers)
    shown = []
    for index, part in enumerate(parts):
        is_absent = part.absent_key in whole
        cards = [
            Card(
                position=place.name,  # type: ignore[arg-type]  # names the fields; a room's place is no number
                item=place.item,
                na_allowed=place.item.na_allowed and form.na_policy != "refuse",
                answer=answers.get(place.key),
                remark=remarks.get(place.key, ""),
                photos=photos.get(place.key, ()),
                absent=is_absent or not tags.issuperset(place.item.tags),
                errors=(errors or {}).get(place.key, ()),
            )
            for place in part.places
        ]
        shown.append(Shown(index, replace(part.section, title=part.title), cards, part.absent_key, is_absent))
    return shown


def read_figures(form: Form, fields: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(parameters, units) from the page's fields: `parameter-<name>`; `unit-<place number>-<row>-label`, `-code` and
    `-<parameter>`. A row without a label is no room; a new one gets the next free number as its code."""
    parameters = {
        one.name: value
        for one in form.parameters
        if one.source == "asked" and (value := fields.get(f"parameter-{one.name}", "").strip())
    }
    units = {}
    for number, place in enumerate(repeating_places(form)):
        rows: list[dict[str, Any]] = []
        for row in range(500):
            label = fields.get(f"unit-{number}-{row}-label")
            if label is None:
                break
            if label.strip():
                rows.append(_unit(form, fields, f"unit-{number}-{row}-", label.strip()))
        taken = {unit["code"] for unit in rows}
        free = (str(count) for count in range(1, 1001) if str(count) not in taken)
        for unit in rows:
            unit["code"] = unit["code"] or next(free)
        units[place] = rows
    return parameters, units


def _unit(form: Form, fields: Mapping[str, str], prefix: str, label: str) -> dict[str, Any]:
    unit: dict[str, Any] = {"code": fields.get(prefix + "code", "").strip(), "label": label}
    own = {
        one.name: value
        for one in form.parameters
        if one.source == "unit" and (value := fields.get(prefix + one.name, "").strip())
    }
    return {**unit, "parameters": own} if own else unit


def repeating_places(form: Form) -> list[str]:
    """Sections' codes, or "" for the form, in order."""
    return [""] if form.repeat is not None else [section.code for section in form.sections if section.repeat]


@dataclass(frozen=True, slots=True)
class UnitTable:
    """The rooms or windows of one place, with room for more."""

    number: int
    title: str
    unit_label: str
    minimum: int
    rows: Sequence[Mapping[str, Any]]


def unit_tables(form: Form, units: Mapping[str, Any]) -> list[UnitTable]:
    tables = []
    titles = {section.code: section for section in form.sections}
    for number, place in enumerate(repeating_places(form)):
        repeat = form.repeat if place == "" else titles[place].repeat
        if repeat is None:
            continue
        known = list(units.get(place, ()))
        blank: list[Mapping[str, Any]] = [{}] * max(3, repeat.minimum_units - len(known))
        title = form.title if place == "" else titles[place].title
        tables.append(UnitTable(number, title, repeat.unit_label, repeat.minimum_units, [*known, *blank]))
    return tables
