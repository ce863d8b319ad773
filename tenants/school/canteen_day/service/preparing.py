"""From what a person enters to what is kept: one function per kind of record, `(context, entry) → columns`.

They refuse what cannot be (Invalid at its field) and what may not be (RuleBroken with its article); what is merely not
as it should be is kept as it is, marked, because a record tells what happened.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from kernel.database import db
from kernel.errors import Denied, Invalid, RuleBroken
from school.canteen_day import rules
from school.canteen_day.group_models import SupervisionMember
from school.canteen_day.models import CookingTemperature, FoodSample
from school.canteen_day.permissions import FILERS, Permission
from school.canteen_day.service import figures as keys
from school.canteen_day.service.context import Context, day_of
from school.canteen_staff import labels as staff_labels
from school.canteen_staff.service.people import Person, refusal_citation

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing that is read as something else
CODE_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as it is entered. `values`: what its kind's schema loads, without what all kinds have in common.

    `happened_at` None: now. `corrects_id`: the record in whose place this one stands, for `correction_reason`.
    """

    id: UUID
    values: Mapping[str, Any]
    happened_at: datetime | None = None
    note: str = ""
    photo_id: UUID | None = None
    corrects_id: UUID | None = None
    correction_reason: str = ""
    shown: datetime | None = field(default=None, compare=False)  # set by keeping: when it happened, never None there

    @property
    def at(self) -> datetime:
        assert self.shown is not None
        return self.shown


Prepare: TypeAlias = Callable[[Context, Entry], dict[str, Any]]


def _plausible(celsius: Decimal | None, limits: tuple[Decimal, Decimal]) -> None:
    if celsius is not None and not limits[0] <= celsius <= limits[1]:
        raise Invalid({"celsius": [_("温度超出合理范围，请核对。")]})


def _person(context: Context, entry: Entry, staff_id: UUID) -> Person:
    person = context.people(day_of(entry.at)).get(staff_id)
    if person is None:
        raise Invalid({"staff_id": [_("当天没有这名从业人员。")]})
    return person


def staff_check(context: Context, entry: Entry) -> dict[str, Any]:
    values = entry.values
    person = _person(context, entry, values["staff_id"])
    celsius, findings = values.get("celsius"), list(dict.fromkeys(values.get("findings", ())))
    is_absent = values.get("is_absent", False)
    if is_absent:
        celsius, findings = None, []
    _plausible(celsius, rules.BODY)
    limit = context.figures(day_of(entry.at)).number(keys.BODY)
    found = rules.fitness(celsius, findings, limit, is_absent=is_absent)
    if found in (rules.Fitness.FIT, rules.Fitness.PUT_RIGHT) and person.refusal is not None:
        words = staff_labels.REFUSALS[person.refusal] % {"name": person.staff.name}
        raise RuleBroken(person.refusal, words, refusal_citation(context.actor, person.refusal))
    action = values.get("action", "")
    if found is rules.Fitness.KEPT_AWAY and not action:
        action = _("已停止上岗，离开食品处理区。")
    return {
        "staff_id": person.staff.id, "staff_name": person.staff.name, "celsius": celsius, "findings": findings,
        "fitness": found.value, "action": action,
    }  # fmt: skip


def disinfection(context: Context, entry: Entry) -> dict[str, Any]:
    values = dict(entry.values)
    limits = context.figures(day_of(entry.at)).limits(values["method"])
    if limits.mg_per_litre is None:
        values["mg_per_litre"] = None
    elif values.get("mg_per_litre") is None:
        raise Invalid({"mg_per_litre": [_("请填写有效氯浓度。")]})
    found = rules.lacks(
        limits, seconds=values["seconds"], celsius=values.get("celsius"), mg_per_litre=values["mg_per_litre"]
    )
    values["done_by"] = values.get("done_by") or context.actor.display_name
    return {**values, "lacks": [lack.value for lack in found]}


def cooking_temperature(context: Context, entry: Entry) -> dict[str, Any]:
    values = dict(entry.values)
    _plausible(values["celsius"], rules.CORE)
    if values.get("again_of") is not None:
        values |= _measured_again(context, values["again_of"])
    least = context.figures(day_of(entry.at)).number(keys.CORE)
    return {**values, "least_celsius": least, "is_enough": values["celsius"] >= least}


def _measured_again(context: Context, again_of: UUID) -> dict[str, Any]:
    """The dish of the measurement that was too low: what was cooked on is the same dish of the same meal."""
    key = (context.actor.bureau_id, context.school_id, again_of)
    low = db.session.get(CookingTemperature, key)
    if low is None or low.is_enough or low.superseded_at is not None:
        raise Invalid({"again_of": [_("没有需要复测的测温记录。")]})
    return {"meal": low.meal, "dish_id": low.dish_id, "dish_name": low.dish_name}


def food_sample(context: Context, entry: Entry) -> dict[str, Any]:
    values = dict(entry.values)
    day = day_of(entry.at)
    found = context.figures(day)
    least = int(found.number(keys.GRAMS))
    keeper_id = values.get("keeper_id")
    if keeper_id is not None:
        keeper = context.people(day).get(keeper_id)
        if keeper is None:
            raise Invalid({"keeper_id": [_("当天没有这名从业人员。")]})
        values["keeper_name"] = keeper.staff.name
    elif not values.get("keeper_name"):
        values["keeper_name"] = context.actor.display_name
    refrigerator_id = values.get("refrigerator_id")
    if refrigerator_id is not None:
        refrigerator = context.refrigerators.get(refrigerator_id)
        if refrigerator is None or refrigerator.kind == rules.ColdKind.FROZEN:
            raise Invalid({"refrigerator_id": [_("请选择留样专柜或冷藏柜。")]})
        values["place"] = values.get("place") or refrigerator.name
    elif not values.get("place"):
        raise Invalid({"refrigerator_id": [_("请选择留样存放的位置。")]})
    return {
        **values, "least_grams": least, "is_enough": values["grams"] >= least,
        "dispose_not_before": max(
            rules.dispose_not_before(entry.at, found.number(keys.HOURS)), _not_before_correction(context, entry)
        ),
        "code": sample_code(entry.id, entry.at), "held_reason": context.held(day, values["meal"]),
    }  # fmt: skip


def _not_before_correction(context: Context, entry: Entry) -> datetime:
    """A correction of the hour brings the disposal no nearer."""
    if entry.corrects_id is None:
        return entry.at
    before = db.session.get(FoodSample, (context.actor.bureau_id, context.school_id, entry.corrects_id))
    return entry.at if before is None else before.dispose_not_before


def sample_code(sample_id: UUID, kept_at: datetime) -> str:
    """What is written on the label by hand where no printer is: LY1125-7K3M2Q."""
    number, letters = sample_id.int, []
    for _position in range(CODE_LENGTH):
        number, rest = divmod(number, len(CODE_ALPHABET))
        letters.append(CODE_ALPHABET[rest])
    return f"LY{day_of(kept_at):%m%d}-{''.join(reversed(letters))}"


def accompanying_meal(context: Context, entry: Entry) -> dict[str, Any]:
    values = dict(entry.values)
    ratings = [values[name] for name in ("dishes", "price", "service")]
    if rules.Rating.POOR in ratings and not values.get("comment"):
        raise Invalid({"comment": [_("评价为“差”的，请写明原因。")]})
    if values["person_name"] == context.actor.display_name:
        values["account_id"] = context.actor.account_id
    return values


def tasting(context: Context, entry: Entry) -> dict[str, Any]:
    values = dict(entry.values)
    values["taster_name"] = values.get("taster_name") or context.actor.display_name
    if values["is_fine"]:
        values["exceptions"] = ""
    elif not values.get("exceptions"):
        raise Invalid({"exceptions": [_("请写明哪道菜有什么问题、如何处理。")]})
    return values


def waste(context: Context, entry: Entry) -> dict[str, Any]:
    values = dict(entry.values)
    if values.get("diners") is None:
        values["diners"] = context.diners(day_of(entry.at), values["meal"])
    return values


def refrigerator_temperature(context: Context, entry: Entry) -> dict[str, Any]:
    values = dict(entry.values)
    refrigerator = context.refrigerators.get(values["refrigerator_id"])
    if refrigerator is None:
        raise Invalid({"refrigerator_id": [_("没有这台冷藏冷冻设备。")]})
    _plausible(values["celsius"], rules.COLD)
    figures = context.figures(day_of(entry.at))
    least, most = figures.range(refrigerator.kind)
    within = rules.is_within(values["celsius"], least, most)
    if not within and not values.get("action"):
        raise RuleBroken(
            "out_of_range", _("%(name)s温度超出范围，请写明采取的措施。", name=refrigerator.name),
            figures.range_citation(refrigerator.kind),
        )  # fmt: skip
    return {
        **values, "refrigerator_name": refrigerator.name, "least_celsius": least, "most_celsius": most,
        "is_within": within,
    }  # fmt: skip


def as_entered(_context: Context, entry: Entry) -> dict[str, Any]:
    return dict(entry.values)


def done_by_me(context: Context, entry: Entry) -> dict[str, Any]:
    return {**entry.values, "done_by": entry.values.get("done_by") or context.actor.display_name}


def water_machine_check(context: Context, entry: Entry) -> dict[str, Any]:
    machine = context.machines.get(entry.values["machine_id"])
    if machine is None:
        raise Invalid({"machine_id": [_("没有这台饮水机。")]})
    return {**entry.values, "machine_name": machine.name}


def handover(context: Context, entry: Entry) -> dict[str, Any]:
    return {**entry.values, "from_name": entry.values.get("from_name") or context.actor.display_name}


def control_report(context: Context, entry: Entry) -> dict[str, Any]:
    """`findings` are kept as rows of their own (service/findings.py); here they are counted. Nothing found is said as
    well: 零风险报告."""
    values = dict(entry.values)
    day = day_of(entry.at)
    if context.actor.roles.isdisjoint(FILERS[values["kind"]]):
        raise Denied(Permission.RECORD, _("这份报告由其他岗位填写。"))
    found = values.pop("findings", ())
    values["finding_count"], values["found_nothing"] = len(found), not found
    back = {rules.ControlKind.DAILY: 0, rules.ControlKind.WEEKLY: 6, rules.ControlKind.MONTHLY: 30}[values["kind"]]
    values["first_day"] = values.get("first_day") or day - timedelta(days=back)
    if values["first_day"] > day:
        raise Invalid({"first_day": [_("开始日期晚于检查日期。")]})
    if values["kind"] != rules.ControlKind.DAILY and not values.get("summary"):
        raise Invalid({"summary": [_("请填写本期情况和下一步安排。")]})
    if values["kind"] == rules.ControlKind.MONTHLY and not values.get("attendees"):
        raise Invalid({"attendees": [_("请填写参会人员。")]})
    return values


def supervision_check(context: Context, entry: Entry) -> dict[str, Any]:
    """Who was there is kept by name and kind: a member who leaves the group later was there all the same."""
    values = dict(entry.values)
    values.pop("findings", None)
    ids = values.pop("member_ids")
    query = select(SupervisionMember).where(
        SupervisionMember.bureau_id == context.actor.bureau_id, SupervisionMember.school_id == context.school_id,
        SupervisionMember.id.in_(ids),
    )  # fmt: skip
    members = db.session.scalars(query.order_by(SupervisionMember.kind, SupervisionMember.name)).all()
    if len(members) != len(set(ids)):
        raise Invalid({"member_ids": [_("有成员不在监督小组名单中。")]})
    return {
        **values, "member_names": [one.name for one in members],
        "member_kinds": list(dict.fromkeys(one.kind for one in members)),
    }  # fmt: skip
