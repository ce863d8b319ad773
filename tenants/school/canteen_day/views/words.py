"""What a line of the page of the day says of a task, in a few words."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from kernel.web.dates import shanghai
from school.canteen_day import kinds, labels, rules
from school.canteen_day.service.day import Task
from school.canteen_day.views.rows import plain

MOST_NAMES = 4


def words_of(task: Task) -> str:
    if not task.records:
        if task.missing:
            return _("待记：%(names)s", names=names(task.missing))
        return _("需要时登记") if task.is_occasional else _("还没有记录")
    said = _WORDS.get(task.kind.code, _usual)(task)
    if task.entered_late:
        said = _("%(said)s，补记 %(count)s 条", said=said, count=task.entered_late)
    if task.missing:
        return _("%(said)s；还差 %(names)s", said=said, names=names(task.missing))
    return said


def names(all_names: Sequence[str]) -> str:
    shown = "、".join(all_names[:MOST_NAMES])
    return shown if len(all_names) <= MOST_NAMES else _("%(names)s 等 %(count)s 项", names=shown, count=len(all_names))


def _usual(task: Task) -> str:
    last = task.records[-1]
    return f"{shanghai(last.happened_at, 'HH:mm')} {last.recorded_by_name}"


def _staff(task: Task) -> str:
    present = [one for one in task.records if one.fitness != rules.Fitness.ABSENT]
    away = sum(one.fitness == rules.Fitness.KEPT_AWAY for one in present)
    said = ngettext("%(num)s 人已检", "%(num)s 人已检", len(present))
    return _("%(said)s，%(away)s 人停止上岗", said=said, away=away) if away else said


def _cooking(task: Task) -> str:
    lowest = min(one.celsius for one in task.records)
    return _("%(count)s 次测温，最低 %(celsius)s ℃", count=len(task.records), celsius=plain(lowest))


def _samples(task: Task) -> str:
    return ngettext("%(num)s 份已留样", "%(num)s 份已留样", len(task.records))


def _refrigerators(task: Task) -> str:
    out = sum(not one.is_within for one in task.records)
    said = _("%(count)s 台已测温", count=len({one.refrigerator_id for one in task.records}))
    return _("%(said)s，%(out)s 次超出范围", said=said, out=out) if out else said


def _waste(task: Task) -> str:
    grams = sum(one.grams for one in task.records)
    diners = max((one.diners or 0 for one in task.records), default=0)
    each = rules.grams_per_diner(grams, diners)
    kilograms = plain(rules.kilograms(grams))
    return (
        _("%(kg)s 千克，人均 %(each)s 克", kg=kilograms, each=each)
        if each is not None
        else _("%(kg)s 千克", kg=kilograms)
    )


def _accompanying(task: Task) -> str:
    return names([one.person_name for one in task.records])


def _disinfection(task: Task) -> str:
    last = task.records[-1]
    said = _("%(object)s，%(method)s", object=last.object, method=labels.METHODS[last.method])
    lacks = "、".join(str(labels.LACKS[lack]) for lack in last.lacks)
    return f"{said}（{lacks}）" if lacks else said


def _tasting(task: Task) -> str:
    last = task.records[-1]
    return _usual(task) if last.is_fine else last.exceptions


def _machines(task: Task) -> str:
    return _("本周 %(count)s 台已检查", count=len({one.machine_id for one in task.records}))


def _control(task: Task) -> str:
    last = task.records[-1]
    found = _("未发现问题") if last.found_nothing else _("发现 %(count)s 个问题", count=last.finding_count)
    return f"{found} · {shanghai(last.happened_at, 'MM-dd HH:mm')} {last.recorded_by_name}"


_WORDS: Mapping[str, Callable[[Any], str]] = {
    kinds.STAFF_CHECK.code: _staff,
    kinds.COOKING.code: _cooking,
    kinds.SAMPLE.code: _samples,
    kinds.REFRIGERATOR.code: _refrigerators,
    kinds.WASTE.code: _waste,
    kinds.ACCOMPANYING.code: _accompanying,
    kinds.DISINFECTION.code: _disinfection,
    kinds.TASTING.code: _tasting,
    kinds.WATER.code: _machines,
    kinds.CONTROL.code: _control,
}
