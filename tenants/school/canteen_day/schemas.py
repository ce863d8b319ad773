"""What pages and API take and give of the records of a canteen's day."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate, validates_schema

from bureau.catalogue.schemas import PlainQuantity
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Day, Flag, Identifier, PageArguments, Text, Whole
from school.canteen_day import rules
from school.diners.rules import Meal
from school.supply.schemas import Instant

MOST_ROWS = 100
MOST_GRAMS = 10_000_000
NAME, LINE, WORDS = 60, 200, 1000


def _codes(choices: Any, most: int = 20, **kwargs: Any) -> fields.List:
    return fields.List(Choice(choices), validate=validate.Length(0, most), **kwargs)


def _celsius(**kwargs: Any) -> PlainQuantity:
    return PlainQuantity(places=1, least="-100", most="999", **kwargs)


class DayRecordIn(BaseSchema):
    """`happened_at` null: now. `corrects_id`: the record that this one stands in for; then a reason is needed."""

    happened_at = Instant(load_default=None, allow_none=True)
    note = Text(WORDS, load_default="")
    photo_id = Identifier(load_default=None, allow_none=True)
    corrects_id = Identifier(load_default=None, allow_none=True)
    correction_reason = Text(LINE, load_default="")

    @validates_schema
    def _reason(self, data: Any, **_: Any) -> None:
        if data.get("corrects_id") and not data.get("correction_reason"):
            raise ValidationError({"correction_reason": [str(_l("请填写更正原因。"))]})
        if data.get("correction_reason") and not data.get("corrects_id"):
            raise ValidationError({"corrects_id": [str(_l("请指明更正哪一条记录。"))]})


class DayRecordOut(BaseSchema):
    """What every record tells of itself. `is_late`: written down long after it happened (补记)."""

    id = fields.UUID()
    school_id = fields.Integer()
    on_day = Day()
    recorded_at = fields.AwareDateTime(attribute="created_at")
    recorded_by_name = fields.String()
    is_late = fields.Boolean()
    superseded_at = fields.AwareDateTime(allow_none=True)


class MealIn(BaseSchema):
    meal = Choice(Meal, required=True)


class DishIn(MealIn):
    """`dish_id`: of the menu; null for a dish served without one."""

    dish_id = Identifier(load_default=None, allow_none=True)
    dish_name = Text(NAME, required=True)


class StaffCheckIn(DayRecordIn):
    """Above the figure it is fever, whether or not it is among the findings."""

    staff_id = Identifier(required=True)
    celsius = _celsius(load_default=None, allow_none=True)
    findings = _codes(rules.Finding, load_default=list)
    is_absent = Flag()
    action = Text(LINE, load_default="")


class StaffCheckOut(StaffCheckIn, DayRecordOut):
    is_absent = Flag(load_only=True)
    staff_name = fields.String()
    fitness = Choice(rules.Fitness)


class DisinfectionIn(DayRecordIn):
    """`seconds`: how long it worked. `mg_per_litre`: available chlorine, of chemical disinfection only."""

    meal = Choice(Meal, load_default=None, allow_none=True)
    object = Text(LINE, required=True)
    method = Choice(rules.Method, required=True)
    seconds = Whole(1, 86_400, required=True)
    celsius = _celsius(load_default=None, allow_none=True)
    mg_per_litre = PlainQuantity(places=1, least="0", most="100000", load_default=None, allow_none=True)
    done_by = Text(NAME, load_default="")


class DisinfectionOut(DisinfectionIn, DayRecordOut):
    lacks = fields.List(Choice(rules.Lack))


class CookingTemperatureIn(DayRecordIn, DishIn):
    """`again_of`: the measurement that was too low and after which the dish was cooked on."""

    celsius = _celsius(required=True)
    again_of = Identifier(load_default=None, allow_none=True)


class CookingTemperatureOut(CookingTemperatureIn, DayRecordOut):
    least_celsius = _celsius()
    is_enough = fields.Boolean()


class FoodSampleIn(DayRecordIn, DishIn):
    """`keeper_id`: of the canteen's staff. `refrigerator_id` or `place`: where it stands."""

    grams = Whole(1, 100_000, required=True)
    keeper_id = Identifier(load_default=None, allow_none=True)
    keeper_name = Text(NAME, load_default="")
    refrigerator_id = Identifier(load_default=None, allow_none=True)
    place = Text(NAME, load_default="")


class FoodSampleOut(FoodSampleIn, DayRecordOut):
    code = fields.String()
    least_grams = fields.Integer()
    is_enough = fields.Boolean()
    dispose_not_before = fields.AwareDateTime()
    disposed_at = fields.AwareDateTime(allow_none=True)
    disposed_by_name = fields.String()
    held_reason = fields.String()
    version = fields.Integer()


class AccompanyingMealIn(DayRecordIn, MealIn):
    person_name = Text(NAME, required=True)
    person_kind = Choice(rules.Companion, load_default=rules.Companion.LEADER.value)
    dishes = Choice(rules.Rating, load_default=rules.Rating.GOOD.value)
    price = Choice(rules.Rating, load_default=rules.Rating.GOOD.value)
    service = Choice(rules.Rating, load_default=rules.Rating.GOOD.value)
    comment = Text(WORDS, load_default="")


class AccompanyingMealOut(AccompanyingMealIn, DayRecordOut):
    pass


class TastingIn(DayRecordIn, MealIn):
    taster_name = Text(NAME, load_default="")
    is_fine = Flag(load_default=True)
    exceptions = Text(WORDS, load_default="")


class TastingOut(TastingIn, DayRecordOut):
    pass


class WasteIn(DayRecordIn, MealIn):
    """`diners` null: as counted or expected."""

    kind = Choice(rules.WasteKind, load_default=rules.WasteKind.LEFTOVERS.value)
    grams = Whole(0, MOST_GRAMS, required=True)
    diners = Whole(0, 100_000, load_default=None, allow_none=True)
    taken_by = Text(NAME, load_default="")


class WasteOut(WasteIn, DayRecordOut):
    grams_per_diner = fields.Function(lambda row: _text(rules.grams_per_diner(row.grams, row.diners)))


def _text(number: Any) -> str | None:
    return None if number is None else str(number)


class RefrigeratorTemperatureIn(DayRecordIn):
    """Out of range, `action` is needed."""

    refrigerator_id = Identifier(required=True)
    celsius = _celsius(required=True)
    action = Text(LINE, load_default="")


class RefrigeratorTemperatureOut(RefrigeratorTemperatureIn, DayRecordOut):
    refrigerator_name = fields.String()
    least_celsius = _celsius(allow_none=True)
    most_celsius = _celsius(allow_none=True)
    is_within = fields.Boolean()


class CleaningIn(DayRecordIn):
    areas = fields.List(Text(NAME), required=True, validate=validate.Length(1, 30, error=_l("请至少勾选一处。")))
    exceptions = Text(WORDS, load_default="")
    done_by = Text(NAME, load_default="")


class CleaningOut(CleaningIn, DayRecordOut):
    pass


class PestControlIn(DayRecordIn):
    pests = _codes(rules.Pest, required=True)
    means = Text(LINE, required=True)
    places = Text(LINE, required=True)
    company = Text(NAME, load_default="")
    traces = Text(LINE, load_default="")

    @validates_schema
    def _some(self, data: Any, **_: Any) -> None:
        if "pests" in data and not data["pests"]:
            raise ValidationError({"pests": [str(_l("请至少选择一种。"))]})


class PestControlOut(PestControlIn, DayRecordOut):
    pass


class WaterMachineCheckIn(DayRecordIn):
    machine_id = Identifier(required=True)
    is_descaled = Flag()
    is_disinfected = Flag()
    filter_changed = Flag()
    exceptions = Text(WORDS, load_default="")


class WaterMachineCheckOut(WaterMachineCheckIn, DayRecordOut):
    machine_name = fields.String()


class HandoverIn(DayRecordIn):
    """`is_locked`: gas, water, power and doors were seen to."""

    from_name = Text(NAME, load_default="")
    to_name = Text(NAME, required=True)
    is_locked = Flag(load_default=True)
    matters = Text(WORDS, load_default="")


class HandoverOut(HandoverIn, DayRecordOut):
    pass


class CanteenFindingIn(BaseSchema):
    """`due_on` null: by the figure. `is_hazard`: reported as a major hazard as well."""

    text = Text(WORDS, required=True)
    responsible = Text(NAME, load_default="")
    due_on = Day(load_default=None, allow_none=True)
    is_hazard = Flag()


class ControlReportIn(DayRecordIn):
    """日管控, 周排查, 月调度; no findings: 零风险报告."""

    kind = Choice(rules.ControlKind, required=True)
    first_day = Day(load_default=None, allow_none=True)
    self_check_id = Identifier(load_default=None, allow_none=True)
    summary = Text(load_default="")
    attendees = Text(LINE, load_default="")
    findings = fields.List(fields.Nested(CanteenFindingIn), load_default=list, validate=validate.Length(0, 30))


class ControlReportOut(ControlReportIn, DayRecordOut):
    findings = fields.List(fields.Nested(CanteenFindingIn), load_only=True)
    found_nothing = fields.Boolean()
    finding_count = fields.Integer()


class SupervisionCheckIn(DayRecordIn):
    """Scores of 0 to 100. `member_ids`: who was there."""

    hygiene = Whole(0, 100, required=True)
    dishes = Whole(0, 100, required=True)
    service = Whole(0, 100, required=True)
    member_ids = fields.List(
        Identifier(), required=True, validate=validate.Length(1, 30, error=_l("请勾选参加的成员。"))
    )
    minutes = Text(required=True)
    self_check_id = Identifier(load_default=None, allow_none=True)
    findings = fields.List(fields.Nested(CanteenFindingIn), load_default=list, validate=validate.Length(0, 30))


class SupervisionCheckOut(SupervisionCheckIn, DayRecordOut):
    member_ids = fields.List(Identifier(), load_only=True)
    findings = fields.List(fields.Nested(CanteenFindingIn), load_only=True)
    member_names = fields.List(fields.String())
    member_kinds = fields.List(Choice(rules.MemberKind))


class OnsiteMeetingIn(DayRecordIn):
    attendees = Text(LINE, required=True)
    topics = Text(required=True)
    decisions = Text(required=True)


class OnsiteMeetingOut(OnsiteMeetingIn, DayRecordOut):
    pass


class DayRecordQuery(PageArguments):
    """`day` null: all days. `current`: without those that a correction stands in for."""

    day = Day(load_default=None, allow_none=True)
    current = Flag()


class SampleDisposalIn(BaseSchema):
    """`disposed_at` null: now. The version that was seen goes into If-Match."""

    disposed_at = Instant(load_default=None, allow_none=True)


class EquipmentIn(BaseSchema):
    name = Text(NAME, required=True)
    place = Text(NAME, load_default="")
    is_active = Flag(load_default=True)


class RefrigeratorIn(EquipmentIn):
    kind = Choice(rules.ColdKind, required=True)


class EquipmentOut(EquipmentIn):
    id = fields.UUID()
    version = fields.Integer()


class RefrigeratorOut(RefrigeratorIn, EquipmentOut):
    pass


class WaterMachineIn(EquipmentIn):
    pass


class WaterMachineOut(EquipmentOut):
    pass


class SupervisionMemberIn(BaseSchema):
    name = Text(NAME, required=True)
    kind = Choice(rules.MemberKind, required=True)
    note = Text(LINE, load_default="")
    is_active = Flag(load_default=True)


class SupervisionMemberOut(SupervisionMemberIn):
    id = fields.UUID()
    version = fields.Integer()


class CanteenFindingOut(BaseSchema):
    id = fields.UUID()
    text = fields.String()
    responsible = fields.String()
    due_on = Day()
    found_on = Day()
    source_kind = fields.String()
    source_id = fields.UUID()
    state = Choice(rules.FindingState)
    hazard_id = fields.UUID(allow_none=True)
    is_hazard = fields.Function(lambda row: row.hazard_id is not None)
    version = fields.Integer()


class CanteenFindingPage(PageSchema):
    items = fields.List(fields.Nested(CanteenFindingOut))


class CanteenFindingQuery(PageArguments):
    state = Choice(rules.FindingState, load_default=None, allow_none=True)


class CanteenFindingStepIn(BaseSchema):
    event = Choice(rules.FindingEvent, required=True)
    words = Text(WORDS, required=True)
    photo_id = Identifier(load_default=None, allow_none=True)
