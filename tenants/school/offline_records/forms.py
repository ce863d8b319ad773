"""The forms of the day's records as a phone draws them: fields in plain data, so that a new kind needs no new screen.

A field: `name` (a member of the record), `type` (choice, choices, number, text, words, flag, findings, photo), `label`, and
where they apply `required`, `unit`, `scale` (what is typed × scale is what is sent), `hint`, `placeholder`, `default`,
`options` [{value, label, tone, sets}] (`sets`: members that the choice stands for), `sends` false (its value is not sent,
only what it `sets`), `suggestions`, `when` {field: [values]} (asked only then), `when_out` (asked only when that number is
outside its limits). A row: `key`, `label`, `note`, `values` (sent as they are), `defaults` by field, `limits` {field: [least,
most]}, `without` {field: [values]} that it may not take.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from bureau.catalogue.rules import plain_text
from school.canteen_day import kinds, labels, rules
from school.canteen_day.group_models import SupervisionMember
from school.canteen_day.models import Refrigerator
from school.canteen_day.rules import Method
from school.canteen_day.service import equipment
from school.canteen_day.service import figures as keys
from school.canteen_day.service.completing import DayFacts
from school.canteen_day.service.day import last_record
from school.canteen_day.views import rows as proposals
from school.canteen_staff.service.people import working_on

Field = dict[str, Any]
Row = dict[str, Any]
KILOGRAM, MINUTE = 1000, 60


def _field(name: str, type_: str, label: Any, **more: Any) -> Field:
    return {"name": name, "type": type_, "label": str(label), **more}


def _option(value: str, label: Any, tone: str = "", **sets: Any) -> dict[str, Any]:
    option: dict[str, Any] = {"value": value, "label": str(label)}
    return {**option, **({"tone": tone} if tone else {}), **({"sets": sets} if sets else {})}


def _options(words: Mapping[Any, Any]) -> list[dict[str, Any]]:
    return [_option(str(value), text) for value, text in words.items()]


def _yes(name: str, label: Any, good: Any, bad: Any) -> Field:
    """Two buttons that stand for true and false."""
    options = [_option("yes", good, "good", **{name: True}), _option("no", bad, "bad", **{name: False})]
    return _field(f"{name}_said", "choice", label, sends=False, options=options, default="yes")


def _photo() -> Field:
    return _field("photo", "photo", _("照片"))


def _staff_check(facts: DayFacts) -> list[Field]:
    most = plain_text(facts.figures.number(keys.BODY))
    status = [
        _option("fit", _("正常"), "good", is_absent=False, findings=[]),
        _option("found", _("异常"), "bad", is_absent=False),
        _option("absent", _("未到岗"), "", is_absent=True, findings=[]),
    ]
    return [
        _field("status", "choice", _("晨检"), sends=False, options=status, default="fit"),
        _field(
            "findings", "choices", _("发现"), options=_options(labels.FINDINGS), when={"status": ["found"]},
            required=True,
        ),
        _field(
            "celsius", "number", _("体温"), unit="℃", hint=_("不高于 %(most)s ℃", most=most),
            when={"status": ["fit", "found"]},
        ),
        _field(
            "action", "text", _("处理"), when={"status": ["found"]},
            placeholder=_("不填即“停止上岗，离开食品处理区”"),
        ),
    ]  # fmt: skip


def _refrigerator(_facts: DayFacts) -> list[Field]:
    return [
        _field("celsius", "number", _("温度"), unit="℃", required=True),
        _field("action", "text", _("超出范围时采取的措施"), when_out="celsius", required=True,
               placeholder=_("例如：食材移到 2 号冰箱，已报修")),
    ]  # fmt: skip


def _cooking(facts: DayFacts) -> list[Field]:
    least = plain_text(facts.figures.number(keys.CORE))
    hint = _("中心温度应达到 %(least)s ℃；不到的继续加热，再测一次。", least=least)
    return [_field("celsius", "number", _("中心温度"), unit="℃", hint=hint, required=True)]


def _sample(facts: DayFacts) -> list[Field]:
    least = facts.figures.number(keys.GRAMS)
    hours = facts.figures.number(keys.HOURS)
    hint = _(
        "每餐每样不少于 %(grams)s 克，专柜冷藏 %(hours)s 小时以上。没有留样的，把克数清空。", grams=least, hours=hours
    )
    return [_field("grams", "number", _("重量"), unit=_("克"), hint=hint, required=True, whole=True)]


def _sample_shared(facts: DayFacts) -> list[Field]:
    """Asked once for all dishes: who keeps the samples, and where."""
    last = last_record(facts.actor, kinds.SAMPLE, facts.school_id)
    people = sorted(
        working_on(facts.actor, facts.school_id, facts.day), key=lambda one: "sample_keeper" not in one.staff.duties
    )
    found = []
    if people:
        ids = {str(one.staff.id): one.staff.name for one in people}
        keeper = str(last.keeper_id) if last is not None and str(last.keeper_id) in ids else next(iter(ids))
        found.append(_field("keeper_id", "choice", _("留样人"), options=_options(ids), default=keeper))
    cold = equipment.list_all(facts.actor, Refrigerator, facts.school_id, only_active=True)
    usable = sorted(
        (one for one in cold if one.kind != rules.ColdKind.FROZEN), key=lambda one: one.kind != rules.ColdKind.SAMPLE
    )
    if usable:
        names = {str(one.id): one.name for one in usable}
        place = (
            str(last.refrigerator_id) if last is not None and str(last.refrigerator_id) in names else next(iter(names))
        )
        found.append(_field("refrigerator_id", "choice", _("存放位置"), options=_options(names), default=place))
    else:
        found.append(_field("place", "text", _("存放位置"), required=True, default=last.place if last else "",
                            placeholder=_("例如：留样专柜上层")))  # fmt: skip
    return found


def _tasting(_facts: DayFacts) -> list[Field]:
    return [
        _yes("is_fine", _("餐前试尝"), _("都正常"), _("有异常")),
        _field("exceptions", "words", _("哪道菜、什么问题、如何处理"), when={"is_fine_said": ["no"]}, required=True),
        _field("taster_name", "text", _("试尝人")),
    ]


def _accompanying(_facts: DayFacts) -> list[Field]:
    ratings = [
        _option(str(value), text, {"success": "good", "danger": "bad"}.get(tone, ""))
        for value, (text, tone) in labels.RATINGS.items()
    ]
    return [
        _field("person_name", "text", _("陪餐人"), required=True),
        _field("person_kind", "choice", _("身份"), options=_options(labels.COMPANIONS)),
        *(
            _field(name, "choice", label, options=ratings)
            for name, label in (("dishes", _("饭菜质量")), ("price", _("价格")), ("service", _("服务")))
        ),
        _field("comment", "words", _("意见和建议"), hint=_("评为“差”的请写明原因，系统会转为待整改问题。")),
        _photo(),
    ]


def _waste(_facts: DayFacts) -> list[Field]:
    return [
        _field("kind", "choice", _("种类"), options=_options(labels.WASTE)),
        _field("grams", "number", _("重量"), unit=_("千克"), scale=KILOGRAM, required=True, whole=True),
        _field("diners", "number", _("就餐人数"), hint=_("空着就按报餐人数。"), whole=True),
        _field("taken_by", "text", _("收运人（单位）")),
    ]


def _disinfection(facts: DayFacts) -> list[Field]:
    limits = {method: facts.figures.limits(method) for method in Method}
    in_minutes = [method for method in Method if method is not Method.DISHWASHER]

    def seconds(method: Method) -> str:
        least = limits[method].seconds or Decimal(0)
        name = labels.METHODS[method]
        if method is Method.DISHWASHER:
            return f"{name}{_('不少于 %(count)s 秒', count=plain_text(least))}"
        return f"{name}{_('不少于 %(count)s 分钟', count=plain_text(least / MINUTE))}"

    return [
        _field("object", "text", _("消毒对象"), required=True, suggestions=[str(one) for one in labels.DISINFECTED]),
        _field("method", "choice", _("方法"), options=_options(labels.METHODS)),
        _field(
            "seconds", "number", _("时长"), unit=_("分钟"), scale=MINUTE, required=True, whole=True,
            when={"method": [method.value for method in in_minutes]}, hint="；".join(map(seconds, in_minutes)),
        ),
        _field(
            "seconds", "number", _("时长"), unit=_("秒"), required=True, whole=True,
            when={"method": [Method.DISHWASHER.value]}, hint=seconds(Method.DISHWASHER),
        ),
        _field(
            "mg_per_litre", "number", _("有效氯浓度"), unit=_("毫克/升"), required=True,
            when={"method": [Method.CHLORINE.value]},
            hint=_("有效氯 %(mg)s 毫克/升以上", mg=plain_text(limits[Method.CHLORINE].mg_per_litre or Decimal(0))),
        ),
        _field("done_by", "text", _("消毒人")),
        _photo(),
    ]  # fmt: skip


def _cleaning(_facts: DayFacts) -> list[Field]:
    areas = [_option(str(area), area) for area in labels.AREAS]
    return [
        _field("areas", "choices", _("已清扫"), options=areas, required=True),
        _field("exceptions", "words", _("发现的问题"), placeholder=_("没有就不填")),
        _field("done_by", "text", _("清扫人")),
        _photo(),
    ]


def _pests(_facts: DayFacts) -> list[Field]:
    return [
        _field("pests", "choices", _("防制对象"), options=_options(labels.PESTS), required=True),
        _field("means", "text", _("措施、药品和用量"), required=True, placeholder=_("例如：更换粘鼠板 6 张")),
        _field("places", "text", _("地点"), required=True),
        _field("company", "text", _("服务单位"), placeholder=_("自己做的不填")),
        _field("traces", "text", _("发现的痕迹")),
        _photo(),
    ]


def _water(_facts: DayFacts) -> list[Field]:
    return [
        _field("is_descaled", "flag", _("已除垢"), default=True),
        _field("is_disinfected", "flag", _("已消毒"), default=True),
        _field("filter_changed", "flag", _("已换滤芯")),
        _field("exceptions", "text", _("异常"), placeholder=_("没有就不填")),
    ]


def _handover(_facts: DayFacts) -> list[Field]:
    return [
        _field("from_name", "text", _("交班人")),
        _field("to_name", "text", _("接班人"), required=True),
        _yes("is_locked", _("水、电、气、门窗"), _("都已检查关好"), _("有问题，见下")),
        _field("matters", "words", _("交接事项")),
    ]


def _found() -> list[Field]:
    said = [_option("none", _("未发现问题"), "good", findings=[]), _option("some", _("发现问题"), "bad")]
    return [
        _field("outcome", "choice", _("检查结果"), sends=False, options=said, default="none"),
        _field("findings", "findings", _("问题"), when={"outcome": ["some"]}, required=True),
    ]


def _control(control: str) -> list[Field]:
    if control == rules.ControlKind.DAILY:
        words = [_field("summary", "words", _("检查情况"), placeholder=_("没有发现问题可以不填"))]
    else:
        monthly = control == rules.ControlKind.MONTHLY
        title = _("调度会议纪要") if monthly else _("本周排查治理情况和下周安排")
        words = [
            _field("summary", "words", title, required=True),
            _field("attendees", "text", _("参会人员"), **({"required": True} if monthly else {})),
        ]
    return [*_found(), *words]


def _supervision(facts: DayFacts) -> list[Field]:
    members = equipment.list_all(facts.actor, SupervisionMember, facts.school_id, only_active=True)
    options = [_option(str(one.id), f"{one.name}（{labels.MEMBERS[rules.MemberKind(one.kind)]}）") for one in members]
    marks = (("hygiene", _("食堂卫生")), ("dishes", _("菜品质量")), ("service", _("服务态度")))
    return [
        _field("member_ids", "choices", _("参加检查的成员"), options=options, required=True),
        *(_field(name, "number", label, unit=_("分"), required=True, whole=True) for name, label in marks),
        _field("minutes", "words", _("检查和评价纪要"), required=True),
        *_found(),
        _photo(),
    ]


def _meeting(_facts: DayFacts) -> list[Field]:
    return [
        _field("attendees", "text", _("参加人员（校方、家长委员会）"), required=True),
        _field("topics", "words", _("议题和情况"), required=True),
        _field("decisions", "words", _("议定事项"), required=True),
        _photo(),
    ]


_FIELDS: Mapping[str, Callable[[DayFacts], list[Field]]] = {
    kinds.STAFF_CHECK.code: _staff_check,
    kinds.REFRIGERATOR.code: _refrigerator,
    kinds.COOKING.code: _cooking,
    kinds.SAMPLE.code: _sample,
    kinds.TASTING.code: _tasting,
    kinds.ACCOMPANYING.code: _accompanying,
    kinds.WASTE.code: _waste,
    kinds.DISINFECTION.code: _disinfection,
    kinds.CLEANING.code: _cleaning,
    kinds.PEST.code: _pests,
    kinds.WATER.code: _water,
    kinds.HANDOVER.code: _handover,
    kinds.SUPERVISION.code: _supervision,
    kinds.MEETING.code: _meeting,
}
# Kinds with a row for each person, dish, cupboard or machine, and the member that tells the rows apart.
SUBJECTS: Mapping[str, str] = {
    kinds.STAFF_CHECK.code: "staff_id",
    kinds.REFRIGERATOR.code: "refrigerator_id",
    kinds.COOKING.code: "dish_name",
    kinds.SAMPLE.code: "dish_name",
    kinds.WATER.code: "machine_id",
}
DISHES = frozenset({kinds.COOKING.code, kinds.SAMPLE.code})


def form_of(facts: DayFacts, kind: kinds.Kind, meal: str | None, control: str) -> dict[str, Any]:
    """{fields, shared, rows, subject, extra}: `shared` is asked once for all rows, `extra` lets a dish be added that no menu
    names."""
    fields = _control(control) if kind is kinds.CONTROL else _FIELDS[kind.code](facts)
    names = {field["name"] for field in fields}
    made = [_row(facts, kind, meal, proposed, names) for proposed in _proposed(facts, kind, meal, control)]
    return {
        "fields": fields,
        "shared": _sample_shared(facts) if kind is kinds.SAMPLE else [],
        "rows": made,
        "subject": SUBJECTS.get(kind.code, ""),
        "extra": kind.code in DISHES,
    }


def _proposed(facts: DayFacts, kind: kinds.Kind, meal: str | None, control: str) -> Sequence[Row]:
    """What the page of the day proposes; rows to type a dish in are the phone's own affair."""
    found = proposals.proposed(facts, kind, meal, control)
    return [row for row in found if not row.get("typed") or row.get("dish_name")]


def _row(facts: DayFacts, kind: kinds.Kind, meal: str | None, proposed: Row, fields: set[str]) -> Row:
    takes = kind.takes().fields
    subject = SUBJECTS.get(kind.code, "")
    label = str(proposed.get("name") or proposed.get("dish_name") or "") if subject else ""
    fixed = ("staff_id", "refrigerator_id", "machine_id", "dish_id", "dish_name", "again_of")
    values: Row = {name: proposed[name] for name in fixed if proposed.get(name)}
    if "meal" in takes:
        values["meal"] = meal
    if kind is kinds.CONTROL:
        values["kind"] = proposed["kind"]
    row: Row = {"key": str(proposed.get(subject, "")) if subject else "", "label": label, "values": values}
    row["defaults"] = _defaults(kind, proposed, fields)
    row["note"] = _note(kind, proposed)
    if kind is kinds.REFRIGERATOR:
        row["limits"] = {"celsius": _range(facts, proposed["refrigerator_id"])}
    elif kind is kinds.COOKING:
        row["limits"] = {"celsius": [plain_text(facts.figures.number(keys.CORE)), None]}
    elif kind is kinds.SAMPLE:
        row["limits"] = {"grams": [plain_text(facts.figures.number(keys.GRAMS)), None]}
    if proposed.get("refused"):
        row["without"] = {"status": ["fit"]}
    return row


def _defaults(kind: kinds.Kind, proposed: Row, fields: set[str]) -> Row:
    found = {name: value for name, value in proposed.items() if name in fields and value not in ("", None, [])}
    if kind is kinds.DISINFECTION and proposed.get("duration"):
        found["seconds"] = proposed["duration"]
    for name in ("is_descaled", "is_disinfected", "filter_changed"):
        if name in found:
            found[name] = bool(found[name])
    return found


def _note(kind: kinds.Kind, proposed: Row) -> str:
    if proposed.get("refused"):
        return str(proposed["refused"])
    if kind is kinds.COOKING and proposed.get("again_of"):
        return _("上次只有 %(last)s ℃，请复测", last=proposed["last"])
    parts = [
        str(proposed.get("range", "")),
        _("上次 %(last)s ℃", last=proposed["last"]) if proposed.get("last") else "",
    ]
    return " · ".join(part for part in parts if part)


def _range(facts: DayFacts, refrigerator_id: str) -> list[str | None]:
    kind = next(one.kind for one in facts.refrigerators if str(one.id) == refrigerator_id)
    return [None if limit is None else plain_text(limit) for limit in facts.figures.range(kind)]
