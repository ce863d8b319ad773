"""The page on which something is recorded: rows filled in with what is known, one button."""

import hashlib
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate

from kernel.access.edge import access, current_actor, require
from kernel.actor import Actor
from kernel.errors import Invalid, NotFound
from kernel.files.service import store
from kernel.files.sniffing import IMAGES
from kernel.schemas import BaseSchema, Choice, Day, Identifier, Text
from kernel.web.dates import SHANGHAI, shanghai, today
from kernel.web.forms import Form, uploaded
from school.canteen_day import labels, rules
from school.canteen_day.api import PURPOSE
from school.canteen_day.entering import COMMON, entry_of
from school.canteen_day.group_models import SupervisionMember
from school.canteen_day.kinds import CONTROL, KINDS, Kind
from school.canteen_day.models import Refrigerator
from school.canteen_day.permissions import FILERS, Permission
from school.canteen_day.schemas import MOST_ROWS, CanteenFindingIn
from school.canteen_day.service import completing, equipment, keeping
from school.canteen_day.service.completing import DayFacts
from school.canteen_day.service.day import last_record
from school.canteen_day.views import rows
from school.canteen_day.views.blueprint import blueprint
from school.canteen_staff.service.people import working_on
from school.diners.labels import MEALS
from school.diners.rules import Meal
from school.self_checks.service.reading import list_checks
from school.supply.schemas import Instant

LOCAL = "%Y-%m-%dT%H:%M"  # what an input of type datetime-local understands


class EnterQuery(BaseSchema):
    """`corrects`: a record to be corrected. `control`: which report."""

    day = Day(load_default=None, allow_none=True)
    meal = Choice(Meal, load_default=None, allow_none=True)
    control = Choice(rules.ControlKind, load_default=rules.ControlKind.DAILY.value)
    corrects = Identifier(load_default=None, allow_none=True)


class EntrySheet(BaseSchema):
    """What stands once above the rows; the rows go to the kind's own schema."""

    happened_at = Instant(load_default=None, allow_none=True)
    meal = Choice(Meal, load_default=None, allow_none=True)
    corrects_id = Identifier(load_default=None, allow_none=True)
    correction_reason = Text(200, load_default="")
    note = Text(1000, load_default="")
    keeper_id = Identifier(load_default=None, allow_none=True)
    refrigerator_id = Identifier(load_default=None, allow_none=True)
    place = Text(60, load_default="")
    rows = fields.List(fields.Dict(), load_default=list, validate=validate.Length(0, MOST_ROWS))
    findings = fields.List(fields.Nested(CanteenFindingIn), load_default=list, validate=validate.Length(0, 30))


# Of the sheet: what a row takes over where it says nothing itself.
SHARED = (*(name for name in COMMON if name != "photo_id"), "meal", "keeper_id", "refrigerator_id", "place")


@cache
def _row_schema(kind: Kind) -> BaseSchema:
    """A row is a record with the id that the page gave it."""
    made: BaseSchema = type("Row", (kind.takes,), {"id": Identifier(required=True)})()
    return made


def kind_of(code: str) -> Kind:
    kind = KINDS.get(code)
    if kind is None:
        raise NotFound(_("没有这种记录。"))
    return kind


@blueprint.get("/canteen-day/enter/<record_kind>")
@access(Permission.ACCOMPANY)
def enter(record_kind: str) -> str:
    actor, kind = _recorder(record_kind)
    query = Form.blank(EnterQuery(), dict(request.args.items())).load()
    day = rows.default_day(query["day"], today())
    values: dict[str, Any] = {"meal": query["meal"], "happened_at": ""}
    if query["corrects"]:
        record = keeping.get_record(actor, kind, actor.own_school_id(), query["corrects"])
        day = record.on_day
        values |= {
            "meal": getattr(record, "meal", None), "corrects_id": str(record.id), "rows": [rows.row_of(kind, record)],
            "happened_at": record.happened_at.astimezone(SHANGHAI).strftime(LOCAL), "note": record.note,
            **{name: str(getattr(record, name, None) or "") for name in ("keeper_id", "refrigerator_id", "place")},
        }  # fmt: skip
    else:
        facts = DayFacts(actor, actor.own_school_id(), day)
        if values["meal"] is None and kind.per_meal:
            values["meal"] = _next_meal(facts, kind)
        values["rows"] = rows.proposed(facts, kind, values["meal"], query["control"])
        values |= _places(actor, kind)
        if day < today():
            values["happened_at"] = rows.default_hour(day, values["meal"])
    return _page(kind, Form.blank(EntrySheet(), values), day)


@blueprint.post("/canteen-day/enter/<record_kind>")
@access(Permission.ACCOMPANY)
def record(record_kind: str) -> Any:
    actor, kind = _recorder(record_kind)
    form = Form.submitted(EntrySheet())
    form.values["rows"] = [row for row in form.values.get("rows") or [] if isinstance(row, dict)]
    found = [row for row in form.values.get("findings") or [] if isinstance(row, dict)]
    form.values["findings"] = [row for row in found if str(row.get("text", "")).strip()]
    numbers: list[int] = []
    with form.catching():
        entries = [entry_of(loaded["id"], loaded) for loaded in _loaded(actor, kind, form, numbers)]
        kept = keeping.keep(actor, kind, entries)
        record = kept[-1][0]
        flash(
            _("已登记：%(what)s。", what=kind.title)
            if len(kept) == 1
            else _("已登记 %(count)s 条：%(what)s。", count=len(kept), what=kind.title),
            "success",
        )
        return redirect(url_for("canteen_day.index", day=record.on_day) + f"#{getattr(record, 'meal', None) or 'day'}")
    _renumber(form, numbers)
    return _page(kind, form, _typed_day(form)), form.refusal_status


def _recorder(code: str) -> tuple[Actor, Kind]:
    """The actor, if this kind of record is theirs to make: a teacher says how the meal was, no more."""
    kind = kind_of(code)
    actor = current_actor()
    require(kind.permission)
    return actor, kind


def _loaded(actor: Actor, kind: Kind, form: Form, numbers: list[int]) -> list[dict[str, Any]]:
    """The rows that were filled in, through the kind's schema; `numbers`: where each stands on the page."""
    sheet = form.load()
    shared = {name: form.values.get(name, "") for name in SHARED}
    problems: dict[str, list[str]] = {}
    taken = []
    schema = _row_schema(kind)
    for number, row in enumerate(form.values["rows"]):
        cleaned = rows.clean(kind, row, shared)
        if cleaned is None:
            continue
        if kind.code in (CONTROL.code, "supervision_check"):
            cleaned["findings"] = form.values["findings"]
        try:
            loaded = Form(schema, cleaned).load()
        except Invalid as error:
            problems |= {f"rows.{number}.{name}": messages for name, messages in error.fields.items()}
            continue
        photo_id = _photo(actor, loaded["id"], f"rows-{number}-photo")
        taken.append({**loaded, **({"photo_id": photo_id} if photo_id else {})})
        numbers.append(number)
    if problems:
        raise Invalid(_shared_first(problems))
    if not taken:
        raise Invalid({"_form": [_("还没有填写任何一项。")]})
    assert sheet is not None
    return taken


def _shared_first(problems: dict[str, list[str]]) -> dict[str, list[str]]:
    """What is wrong with the sheet is wrong with every row of it: said once, where it stands."""
    found: dict[str, list[str]] = {}
    for name, messages in problems.items():
        field = name.rpartition(".")[2]
        found[field if field in SHARED and field != "note" else name] = messages
    return found


def _renumber(form: Form, numbers: list[int]) -> None:
    """The service numbers the entries that it got; a page has rows that were left empty between them."""
    if not numbers:
        return
    known = set(SHARED)
    for name in list(form.errors):
        head, _dot, rest = name.partition(".")
        if head == "rows":
            number, _dot, field = rest.partition(".")
            if number.isdigit() and int(number) < len(numbers):
                messages = form.errors.pop(name)
                form.errors[field if field in known else f"rows.{numbers[int(number)]}.{field}"] = messages
        elif name not in known and name != "_form" and head != "findings":
            form.errors[f"rows.{numbers[0]}.{name}"] = form.errors.pop(name)


def _photo(actor: Actor, record_id: UUID, field: str) -> UUID | None:
    """The photo of a row, under an id that follows from the record and the picture: sent twice it is one."""
    files = uploaded(field)
    if not files:
        return None
    data = files[0].read()
    return store(
        actor, data, name=files[0].filename or "", purpose=PURPOSE, accepted=IMAGES, field=field.replace("-", "."),
        attachment_id=uuid5(record_id, hashlib.sha256(data).hexdigest()),
    ).id  # fmt: skip


def _next_meal(facts: DayFacts, kind: Kind) -> str:
    """The first meal of the day that this kind still lacks; on a day without meals lunch."""
    open_meals = [meal for meal in facts.menus if not completing.is_complete(facts, kind, meal)]
    return next(iter(open_meals or facts.menus), Meal.LUNCH)


def _places(actor: Actor, kind: Kind) -> dict[str, str]:
    """Who keeps the samples and where: as the last time."""
    if kind.code != "food_sample":
        return {}
    last = last_record(actor, kind, actor.own_school_id())
    if last is not None:
        return {name: str(getattr(last, name) or "") for name in ("keeper_id", "refrigerator_id", "place")}
    cold = equipment.list_all(actor, Refrigerator, actor.own_school_id(), only_active=True)
    own = next((one for one in cold if one.kind == rules.ColdKind.SAMPLE), None)
    return {"refrigerator_id": str(own.id) if own else ""}


def _typed_day(form: Form) -> date:
    typed = str(form.value("happened_at"))[:10]
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return today()


def _page(kind: Kind, form: Form, day: date) -> str:
    actor = current_actor()
    facts = DayFacts(actor, actor.own_school_id(), day)
    reports = [control for control in rules.ControlKind if not actor.roles.isdisjoint(FILERS[control])]
    return render_template(
        f"canteen_day/enter/{kind.code}.html", kind=kind, form=form, day=day, labels=labels, rules=rules, facts=facts,
        meals=[(meal.value, MEALS[meal]) for meal in facts.menus] or [(meal.value, MEALS[meal]) for meal in Meal],
        keepers=_keepers(actor, kind, day), self_checks=_self_checks(actor, kind),
        cupboards=_cupboards(actor, kind), members=_members(actor, kind), reports=reports, is_today=day == today(),
    )  # fmt: skip


def _keepers(actor: Actor, kind: Kind, day: date) -> list[tuple[str, str]]:
    if kind.code != "food_sample":
        return []
    people = working_on(actor, actor.own_school_id(), day)
    first = sorted(people, key=lambda one: "sample_keeper" not in one.staff.duties)
    return [(str(one.staff.id), one.staff.name) for one in first]


def _self_checks(actor: Actor, kind: Kind) -> list[tuple[str, str]]:
    """The newest scored sheets that were handed in, for a report to rest on."""
    if "self_check_id" not in kind.takes().fields:
        return []
    found = list_checks(actor, actor.own_school_id(), state="submitted", limit=10).items
    return [
        (str(row.check.id), f"{shanghai(row.check.submitted_at, 'MM-dd HH:mm')} {row.schedule_title or row.form_title}")
        for row in found
    ]


def _cupboards(actor: Actor, kind: Kind) -> list[tuple[str, str]]:
    if kind.code != "food_sample":
        return []
    cold = equipment.list_all(actor, Refrigerator, actor.own_school_id(), only_active=True)
    usable = [one for one in cold if one.kind != rules.ColdKind.FROZEN]
    return [(str(one.id), one.name) for one in sorted(usable, key=lambda one: one.kind != rules.ColdKind.SAMPLE)]


def _members(actor: Actor, kind: Kind) -> list[Any]:
    if kind.code != "supervision_check":
        return []
    return list(equipment.list_all(actor, SupervisionMember, actor.own_school_id(), only_active=True))
