"""The records of a month or a term for an inspector: a workbook with one sheet per kind, or a page to print.

A column is (heading, record → what stands in the cell); headings and words are of the reader's language.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from kernel.actor import Actor
from kernel.errors import Invalid
from kernel.web.dates import shanghai
from school.canteen_day import kinds, labels, rules
from school.canteen_day.kinds import KINDS, Kind
from school.canteen_day.service.completing import records_of
from school.canteen_day.service.figures import KEEP_MONTHS, Figures
from school.canteen_day.service.reading import mark_late
from school.diners.labels import MEALS
from school.supply.rules import months_later

LONGEST = timedelta(days=200)  # a term with its holidays
Cell: TypeAlias = str | int | Decimal | date | None
Column: TypeAlias = tuple[Any, Callable[[Any], Cell]]


def _named(name: str) -> Callable[[Any], Cell]:
    def cell(record: Any) -> Cell:
        value: Cell = getattr(record, name)
        return value

    return cell


def _word(name: str, words: Mapping[Any, Any]) -> Callable[[Any], Cell]:
    def cell(record: Any) -> Cell:
        word = words[getattr(record, name)]
        return str(word[0] if isinstance(word, tuple) else word)

    return cell


def _words(name: str, words: Mapping[Any, Any] | None = None) -> Callable[[Any], Cell]:
    return lambda record: "、".join(str(words[one] if words else one) for one in getattr(record, name))


def _flag(name: str, yes: Any, no: Any) -> Callable[[Any], Cell]:
    return lambda record: str(yes if getattr(record, name) else no)


def _instant(name: str) -> Callable[[Any], Cell]:
    return lambda record: shanghai(getattr(record, name))


_MEAL: Column = (_l("餐次"), lambda record: str(MEALS[record.meal]) if record.meal else "")
_DISH: Sequence[Column] = (_MEAL, (_l("菜品"), _named("dish_name")))
OWN: Mapping[str, Sequence[Column]] = {
    kinds.STAFF_CHECK.code: (
        (_l("姓名"), _named("staff_name")), (_l("结果"), _word("fitness", labels.FITNESS)),
        (_l("体温（℃）"), _named("celsius")), (_l("发现"), _words("findings", labels.FINDINGS)),
        (_l("处理"), _named("action")),
    ),
    kinds.REFRIGERATOR.code: (
        (_l("设备"), _named("refrigerator_name")), (_l("温度（℃）"), _named("celsius")),
        (_l("下限（℃）"), _named("least_celsius")), (_l("上限（℃）"), _named("most_celsius")),
        (_l("结果"), _flag("is_within", _l("在范围内"), _l("超出范围"))), (_l("措施"), _named("action")),
    ),
    kinds.COOKING.code: (
        *_DISH, (_l("中心温度（℃）"), _named("celsius")), (_l("应达到（℃）"), _named("least_celsius")),
        (_l("结果"), _flag("is_enough", _l("达标"), _l("不达标"))),
        (_l("复测"), lambda record: str(_l("是")) if record.again_of else ""),
    ),
    kinds.TASTING.code: (
        _MEAL, (_l("试尝人"), _named("taster_name")), (_l("结果"), _flag("is_fine", _l("正常"), _l("有异常"))),
        (_l("异常和处理"), _named("exceptions")),
    ),
    kinds.SAMPLE.code: (
        *_DISH, (_l("重量（克）"), _named("grams")), (_l("留样人"), _named("keeper_name")),
        (_l("存放位置"), _named("place")), (_l("编号"), _named("code")),
        (_l("应保存至"), _instant("dispose_not_before")), (_l("处置时间"), _instant("disposed_at")),
        (_l("处置人"), _named("disposed_by_name")),
    ),
    kinds.ACCOMPANYING.code: (
        _MEAL, (_l("陪餐人"), _named("person_name")), (_l("身份"), _word("person_kind", labels.COMPANIONS)),
        (_l("饭菜质量"), _word("dishes", labels.RATINGS)), (_l("价格"), _word("price", labels.RATINGS)),
        (_l("服务"), _word("service", labels.RATINGS)), (_l("意见和建议"), _named("comment")),
    ),
    kinds.WASTE.code: (
        _MEAL, (_l("种类"), _word("kind", labels.WASTE)),
        (_l("重量（千克）"), lambda record: rules.kilograms(record.grams)), (_l("就餐人数"), _named("diners")),
        (_l("人均（克）"), lambda record: rules.grams_per_diner(record.grams, record.diners)),
        (_l("收运人"), _named("taken_by")),
    ),
    kinds.DISINFECTION.code: (
        _MEAL, (_l("消毒对象"), _named("object")), (_l("方法"), _word("method", labels.METHODS)),
        (_l("时长（秒）"), _named("seconds")), (_l("温度（℃）"), _named("celsius")),
        (_l("有效氯（毫克/升）"), _named("mg_per_litre")),
        (_l("结果"), lambda record: "、".join(str(labels.LACKS[one]) for one in record.lacks) or str(_l("达标"))),
        (_l("消毒人"), _named("done_by")),
    ),
    kinds.CLEANING.code: (
        (_l("清扫范围"), _words("areas")), (_l("发现的问题"), _named("exceptions")), (_l("清扫人"), _named("done_by")),
    ),
    kinds.PEST.code: (
        (_l("防制对象"), _words("pests", labels.PESTS)), (_l("措施、药品和用量"), _named("means")),
        (_l("地点"), _named("places")), (_l("服务单位"), _named("company")), (_l("发现的痕迹"), _named("traces")),
    ),
    kinds.WATER.code: (
        (_l("饮水机"), _named("machine_name")), (_l("除垢"), _flag("is_descaled", _l("是"), _l("否"))),
        (_l("消毒"), _flag("is_disinfected", _l("是"), _l("否"))),
        (_l("更换滤芯"), _flag("filter_changed", _l("是"), _l("否"))), (_l("异常"), _named("exceptions")),
    ),
    kinds.HANDOVER.code: (
        (_l("交班人"), _named("from_name")), (_l("接班人"), _named("to_name")),
        (_l("水、电、气、门窗"), _flag("is_locked", _l("都已检查关好"), _l("有问题"))), (_l("交接事项"), _named("matters")),
    ),
    kinds.CONTROL.code: (
        (_l("种类"), _word("kind", labels.CONTROLS)), (_l("起始日"), _named("first_day")),
        (_l("结果"), lambda record: _("未发现问题") if record.found_nothing else _("发现 %(count)s 个问题", count=record.finding_count)),
        (_l("情况"), _named("summary")), (_l("参会人员"), _named("attendees")),
    ),
    kinds.SUPERVISION.code: (
        (_l("食堂卫生"), _named("hygiene")), (_l("菜品质量"), _named("dishes")), (_l("服务态度"), _named("service")),
        (_l("成员"), _words("member_names")), (_l("纪要"), _named("minutes")),
    ),
    kinds.MEETING.code: (
        (_l("参加人员"), _named("attendees")), (_l("议题和情况"), _named("topics")),
        (_l("议定事项"), _named("decisions")),
    ),
}  # fmt: skip


def columns_of(kind: Kind) -> list[str]:
    return [str(heading) for heading, _cell in OWN[kind.code]]


def cells_of(kind: Kind, record: Any) -> list[Cell]:
    return [_plain(cell(record)) for _heading, cell in OWN[kind.code]]


def _plain(cell: Cell) -> Cell:
    return Decimal(format(cell.normalize(), "f")) if isinstance(cell, Decimal) else cell


@dataclass(frozen=True, slots=True)
class Sheet:
    """The records of one kind in a span, oldest first, corrected ones among them and marked."""

    kind: Kind
    records: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Binder:
    """`keep_until`: how long the last of these records must be kept at least, by `citation`."""

    first: date
    last: date
    sheets: Sequence[Sheet]
    keep_until: date
    citation: str


def gather(actor: Actor, school_id: int, first: date, last: date, codes: Sequence[str] = ()) -> Binder:
    """`codes`: the kinds wanted; none: all of which there is something."""
    if last < first or last - first > LONGEST:
        raise Invalid({"last": [_("结束日期应在开始日期之后，且不超过 200 天。")]})
    sheets = []
    for kind in KINDS.values():
        if codes and kind.code not in codes:
            continue
        records = records_of(actor, kind, school_id, first, last, with_corrected=True)
        if records:
            mark_late(actor, school_id, records)
            sheets.append(Sheet(kind, records))
    figures = Figures(actor.bureau_id, school_id, last)
    months = int(figures.number(KEEP_MONTHS))
    return Binder(first, last, sheets, months_later(last, months), figures.citation(KEEP_MONTHS))


COMMON_COLUMNS: Sequence[Column] = (
    (_l("日期"), _named("on_day")),
    (_l("发生时间"), _instant("happened_at")),
    (_l("登记时间"), _instant("created_at")),
    (_l("登记人"), _named("recorded_by_name")),
    (_l("补记"), lambda record: str(_l("补记")) if record.is_late else ""),
    (_l("更正"), lambda record: str(_l("已被更正")) if record.superseded_at else record.correction_reason),
    (_l("备注"), _named("note")),
)


def table_of(sheet: Sheet) -> tuple[list[str], list[list[Cell]]]:
    """Headings and rows: day and hour first, what the kind says, then who wrote it down."""
    columns = (*COMMON_COLUMNS[:2], *OWN[sheet.kind.code], *COMMON_COLUMNS[2:])
    headings = [str(heading) for heading, _cell in columns]
    return headings, [[_plain(cell(record)) for _heading, cell in columns] for record in sheet.records]
