"""The bureau's board and history, and both as spreadsheets; a zone's supervisor sees the own schools."""

from typing import Any
from uuid import UUID

from flask import Response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from duties import labels
from duties.permissions import Permission
from duties.rules import SHANGHAI, add_months
from duties.schemas import DutyMonthQuery
from duties.service import board, excusing, history, reading
from duties.views.blueprint import blueprint
from duties.views.days import calendar_page, duty_page, month_of
from kernel.access.edge import access, current_actor
from kernel.sheets import MEDIA_TYPE, Column, SheetSpec, export_xlsx
from kernel.web.dates import today
from kernel.web.downloads import disposition
from kernel.web.forms import Form

LATE_SHEET = SheetSpec(
    _l("逾期任务"),
    (
        Column("zone", _l("片区"), width=14),
        Column("school", _l("学校"), width=24),
        Column("kind", _l("任务"), width=24),
        Column("count", _l("项数"), kind="integer", width=8),
        Column("since", _l("最早应完成时间"), width=18),
    ),
    most_rows=50_000,
)
HISTORY_SHEET = SheetSpec(
    _l("按时完成情况"),
    (
        Column("month", _l("月份"), width=10),
        Column("school", _l("学校"), width=24),
        Column("kind", _l("任务"), width=24),
        Column("due", _l("应完成"), kind="integer", width=10),
        Column("on_time", _l("按时"), kind="integer", width=10),
        Column("late", _l("补做"), kind="integer", width=10),
        Column("missed", _l("未做"), kind="integer", width=10),
        Column("excused", _l("免除"), kind="integer", width=10),
        Column("percent", _l("按时率（%）"), width=12),
    ),
    most_rows=100_000,
)


@blueprint.get("/board")
@access(Permission.OVERSEE)
def show_board() -> str:
    actor = current_actor()
    found = board.board(actor)
    return render_template(
        "duties/board.html", board=found, clock=_Clocks(), words=labels, waiting=excusing.waiting(actor)[0], scope=None
    )


class _Clocks(dict[Any, str]):
    """Instants on Shanghai's wall clock: hundreds of cells show the same few."""

    def __missing__(self, instant: Any) -> str:
        here = instant.astimezone(SHANGHAI)
        text = f"{here:%H:%M}" if here.date() == today() else f"{here:%m-%d %H:%M}"
        self[instant] = text
        return text


@blueprint.get("/board/kinds/<duty_code>")
@access(Permission.OVERSEE)
def show_kind(duty_code: str) -> str:
    """One kind: per zone, and the schools that are late with it."""
    found = board.board(current_actor(), kind=duty_code)
    return render_template(
        "duties/board_kind.html",
        board=found,
        code=duty_code,
        title=found.titles[duty_code],
        clock=_Clocks(),
        words=labels,
    )


@blueprint.get("/board/zones/<int:zone_id>")
@access(Permission.OVERSEE)
def show_zone(zone_id: int) -> str:
    """Schools × kinds of one zone today."""
    actor = current_actor()
    found = board.matrix(actor, zone_id)
    return render_template(
        "duties/board_zone.html", matrix=found, zone=board.zones_of(actor, found.schools).get(zone_id, ""),
        zone_id=zone_id, clock=_Clocks(), words=labels,
    )  # fmt: skip


@blueprint.get("/board/schools/<int:school_id>")
@access(Permission.OVERSEE)
def show_school(school_id: int) -> str:
    actor = current_actor()
    school = board.school_facts(actor, school_id)
    return calendar_page(actor, school_id, "duties.show_school", {"school_id": school_id}, school.name)


@blueprint.get("/board/schools/<int:school_id>/<uuid:duty_id>")
@access(Permission.OVERSEE)
def show_of_school(school_id: int, duty_id: UUID) -> str:
    return duty_page(reading.get_duty(current_actor(), school_id, duty_id), None)


@blueprint.get("/board/export")
@access(Permission.OVERSEE)
def export_board() -> Response:
    found = board.board(current_actor())
    rows = [
        {
            "zone": late.zone, "school": late.school.name, "kind": kind.title, "count": kind.count,
            "since": f"{kind.since.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        }
        for late in found.late
        for kind in late.kinds
    ]  # fmt: skip
    return _download(export_xlsx(LATE_SHEET, rows), _("逾期任务%(day)s", day=found.day.isoformat()))


def _download(data: bytes, name: str) -> Response:
    response = Response(data, mimetype=MEDIA_TYPE)
    response.headers["Content-Disposition"] = disposition("attachment", f"{name}.xlsx")
    return response


def _month_query() -> tuple[dict[str, Any], Form]:
    names = ("month", "zone_id", "kind")
    form = Form.blank(DutyMonthQuery(), {name: request.args[name] for name in names if name in request.args})
    with form.catching():
        return form.load(), form
    return {"month": None, "zone_id": None, "kind": None}, form


@blueprint.get("/history")
@access(Permission.OVERSEE)
def show_history() -> Any:
    actor = current_actor()
    query, form = _month_query()
    month = month_of(query["month"] or "")
    found = history.history(actor, month, zone_id=query["zone_id"], kind=query["kind"])
    chart = {
        "type": "line",
        "categories": [f"{first:%Y-%m}" for first, _share in found.months],
        "series": [{"name": _("按时率"), "values": [share.percent for _first, share in found.months]}],
        "unit": "%",
        "max": 100,
    }
    rendered = render_template(
        "duties/history.html", history=found, month=month, chart=chart, form=form, least=history.LEAST,
        zones=board.zones_of(actor, board.schools_of(actor)), kind=query["kind"], zone_id=query["zone_id"],
        earlier=add_months(month, -1), later=add_months(month, 1), words=labels,
        kind_options=[(code, title) for code, title, _share in found.kinds],
    )  # fmt: skip
    return rendered, 422 if form.errors else 200


@blueprint.get("/history/export")
@access(Permission.OVERSEE)
def export_history() -> Response:
    query, _form = _month_query()
    month = month_of(query["month"] or "")
    found = history.history(current_actor(), month, zone_id=query["zone_id"], kind=query["kind"])
    titles = {code: title for code, title, _share in found.kinds}
    names = {school.id: school.name for school, _share in found.schools}
    rows = [
        {
            "month": f"{month:%Y-%m}", "school": names[school_id], "kind": titles[code], "due": share.due,
            "on_time": share.on_time, "late": share.late, "missed": share.missed, "excused": share.excused,
            "percent": _("数据不足") if share.percent is None else str(share.percent),
        }
        for (school_id, code), share in sorted(found.cells.items())
    ]  # fmt: skip
    return _download(export_xlsx(HISTORY_SHEET, rows), _("任务按时情况%(month)s", month=f"{month:%Y-%m}"))
