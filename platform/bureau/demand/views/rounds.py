"""The bureau's pages: rounds, how far the schools are, one school's sheet, lots."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.catalogue.service.categories import list_categories
from bureau.demand import labels, rules
from bureau.demand.permissions import Permission
from bureau.demand.schemas import (
    DemandNormsForm,
    DemandReasonForm,
    DemandReopenForm,
    DemandRoundIn,
    DemandScopesForm,
    DemandWordsForm,
)
from bureau.demand.service import lots, moving, progress, proposals, rounds, sheets, workbook
from bureau.schools import service as schools
from bureau.schools.labels import CANTEEN_MODE, STAGE
from bureau.schools.views.downloads import download
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.database import new_id
from kernel.web.forms import Form

blueprint = Blueprint("demand", __name__, url_prefix="/demand")
CHOICE = ("stages", "zone_ids", "canteen_modes", "school_ids")


@blueprint.get("/")
@access(Permission.READ)
def index() -> str:
    page = rounds.list_rounds(current_actor(), cursor=request.args.get("cursor"))
    return render_template("demand/index.html", page=page, labels=labels, months=month_span)


def month_span(row: Any) -> str:
    months = rules.months_of(row.first_month, row.month_count)
    first, last = workbook.month_name(months[0]), workbook.month_name(months[-1])
    return first if len(months) == 1 else _("%(first)s至%(last)s", first=first, last=last)


@blueprint.get("/new")
@access(Permission.MANAGE)
def new() -> str:
    return _new_page(Form.blank(DemandRoundIn(), {"id": str(new_id()), "month_count": "10"}))


@blueprint.post("/new")
@access(Permission.MANAGE)
def create() -> Any:
    form = Form.submitted(DemandRoundIn())
    with form.catching():
        data = form.load()
        choice = rounds.SchoolChoice(**{name: data.pop(name) for name in CHOICE})
        row = rounds.open_round(current_actor(), schools=choice, **data)
        flash(_("已发起，所选学校可以开始填报。"), "success")
        return redirect(url_for("demand.show", demand_round_id=row.id))
    return _new_page(form), form.refusal_status


def _new_page(form: Form) -> str:
    actor = current_actor()
    earlier = rounds.list_rounds(actor, limit=20).items
    return render_template(
        "demand/new.html",
        form=form,
        categories=[(one.id, one.name) for one in list_categories(actor)],
        zones=sorted(schools.zone_names(actor).items()),
        stages=list(STAGE.items()),
        canteen_modes=list(CANTEEN_MODE.items()),
        rounds=[(one.id, one.title) for one in earlier],
    )


@blueprint.get("/<uuid:demand_round_id>")
@access(Permission.READ)
def show(demand_round_id: UUID) -> str:
    return _page(demand_round_id, Form.blank(DemandReopenForm()))


def _page(demand_round_id: UUID, form: Form) -> str:
    actor = current_actor()
    row = moving.get_round(actor, demand_round_id)
    return render_template(
        "demand/show.html",
        row=row,
        form=form,
        months=month_span(row),
        zones=progress.progress(actor, row),
        categories=rounds.categories_of(actor, row.id),
        item_count=len(rounds.items_of(actor, row.id)),
        lots=lots.lots_of(actor, row.id),
        aggregations=lots.aggregations_of(actor, row.id),
        events=rounds.events_of(actor, row.id),
        labels=labels,
        rules=rules,
    )


@blueprint.post("/<uuid:demand_round_id>/close")
@access(Permission.MANAGE)
def close(demand_round_id: UUID) -> Any:
    form = Form.submitted(DemandReasonForm())
    with form.catching():
        rounds.close_round(current_actor(), demand_round_id, form.load()["version"])
        flash(_("已截止填报。"))
        return redirect(url_for("demand.show", demand_round_id=demand_round_id))
    return _page(demand_round_id, form), form.refusal_status


@blueprint.post("/<uuid:demand_round_id>/reopen")
@access(Permission.MANAGE)
def reopen(demand_round_id: UUID) -> Any:
    form = Form.submitted(DemandReopenForm())
    with form.catching():
        data = form.load()
        rounds.reopen_round(current_actor(), demand_round_id, data["version"], data["deadline"], data["reason"])
        flash(_("已重新开放填报。"))
        return redirect(url_for("demand.show", demand_round_id=demand_round_id))
    return _page(demand_round_id, form), form.refusal_status


@blueprint.post("/<uuid:demand_round_id>/remind")
@access(Permission.MANAGE)
def remind(demand_round_id: UUID) -> Any:
    form = Form.submitted(DemandReasonForm())
    with form.catching():
        count = progress.remind(current_actor(), demand_round_id)
        flash(_("已提醒 %(count)s 所学校。", count=count) if count else _("未提交的学校刚刚提醒过，半天内不重复提醒。"))
        return redirect(url_for("demand.show", demand_round_id=demand_round_id))
    return _page(demand_round_id, form), form.refusal_status


@blueprint.post("/<uuid:demand_round_id>/scopes")
@access(Permission.MANAGE)
def set_scopes(demand_round_id: UUID) -> Any:
    form = Form.submitted(DemandScopesForm())
    with form.catching():
        data = form.load()
        scopes = {one["category_id"]: one["scope"] for one in data["scopes"]}
        lots.set_scopes(current_actor(), demand_round_id, scopes, data["version"])
        flash(_("采购范围已保存，汇总时按此分包。"))
        return redirect(url_for("demand.show", demand_round_id=demand_round_id))
    return _page(demand_round_id, form), form.refusal_status


@blueprint.post("/<uuid:demand_round_id>/aggregate")
@access(Permission.MANAGE)
def aggregate(demand_round_id: UUID) -> Any:
    form = Form.submitted(DemandReasonForm())
    with form.catching():
        data = form.load()
        made = lots.aggregate(current_actor(), demand_round_id, data["version"], data["reason"])
        flash(_("已汇总 %(count)s 所学校的需求。", count=made.sheet_count), "success")
        return redirect(url_for("demand.show", demand_round_id=demand_round_id))
    return _page(demand_round_id, form), form.refusal_status


@blueprint.get("/<uuid:demand_round_id>/norms")
@access(Permission.MANAGE)
def norms(demand_round_id: UUID) -> str:
    return _norms_page(demand_round_id, Form.blank(DemandNormsForm()))


@blueprint.post("/<uuid:demand_round_id>/norms")
@access(Permission.MANAGE)
def save_norms(demand_round_id: UUID) -> Any:
    form = Form.submitted(DemandNormsForm())
    with form.catching():
        data = form.load()
        wanted = {one["item_id"]: one["norm"] for one in data["norms"]}
        rounds.set_norms(current_actor(), demand_round_id, wanted, data["version"])
        flash(_("人均定额已保存。"))
        return redirect(url_for("demand.show", demand_round_id=demand_round_id))
    return _norms_page(demand_round_id, form), form.refusal_status


def _norms_page(demand_round_id: UUID, form: Form) -> str:
    actor = current_actor()
    row = moving.get_round(actor, demand_round_id)
    items = rounds.items_of(actor, row.id)
    return render_template("demand/norms.html", row=row, form=form, items=items, plain=sheets.plain)


@blueprint.get("/<uuid:demand_round_id>/schools/<int:school_id>")
@access(Permission.READ)
def school(demand_round_id: UUID, school_id: int) -> str:
    return _school_page(demand_round_id, school_id, Form.blank(DemandWordsForm()))


@blueprint.post("/<uuid:demand_round_id>/schools/<int:school_id>/approve")
@access(Permission.APPROVE)
def approve(demand_round_id: UUID, school_id: int) -> Any:
    form = Form.submitted(DemandWordsForm())
    with form.catching():
        data = form.load()
        sheets.approve(current_actor(), school_id, demand_round_id, data["version"], data["words"])
        flash(_("已通过。"), "success")
        return redirect(url_for("demand.show", demand_round_id=demand_round_id))
    return _school_page(demand_round_id, school_id, form), form.refusal_status


@blueprint.post("/<uuid:demand_round_id>/schools/<int:school_id>/return")
@access(Permission.APPROVE)
def send_back(demand_round_id: UUID, school_id: int) -> Any:
    form = Form.submitted(DemandWordsForm())
    with form.catching():
        data = form.load()
        sheets.send_back(current_actor(), school_id, demand_round_id, data["version"], data["words"])
        flash(_("已退回学校修改。"))
        return redirect(url_for("demand.show", demand_round_id=demand_round_id))
    return _school_page(demand_round_id, school_id, form), form.refusal_status


def _school_page(demand_round_id: UUID, school_id: int, form: Form) -> str:
    actor = current_actor()
    row = moving.get_round(actor, demand_round_id)
    sheet = moving.get_sheet(actor, school_id, demand_round_id)
    items = rounds.items_of(actor, row.id)
    offered = proposals.proposals(actor, row, sheet, items)
    lines = sheets.lines_of(actor, sheet)
    return render_template(
        "demand/school.html",
        row=row,
        sheet=sheet,
        form=form,
        school_name=schools.school_names(actor, {school_id}).get(school_id, ""),
        items=[item for item in items if item.item_id in lines],
        lines=lines,
        offered=offered,
        month_names=month_names(row),
        events=sheets.events_of(sheet),
        possible={event for state, event in rules.SHEET_TRANSITIONS if state == sheet.state},
        labels=labels,
        plain=sheets.plain,
    )


def month_names(row: Any) -> list[str]:
    return [workbook.month_name(month) for month in rules.months_of(row.first_month, row.month_count)]


@blueprint.get("/<uuid:demand_round_id>/lots.xlsx")
@access(Permission.READ)
def lots_file(demand_round_id: UUID) -> Response:
    actor = current_actor()
    row = moving.get_round(actor, demand_round_id)
    content = workbook.lots_xlsx(lots.lots_of(actor, row.id), row.title)
    return download(content, _("标包-%(title)s.xlsx", title=row.title))


@blueprint.get("/lots/<uuid:demand_lot_id>")
@access(Permission.READ)
def lot(demand_lot_id: UUID) -> str:
    actor = current_actor()
    found = lots.get_lot(actor, demand_lot_id)
    row = moving.get_round(actor, found.round_id)
    holds = row.aggregation_id == found.aggregation_id
    item_id = _item_of(found, request.args.get("item", ""))
    return render_template(
        "demand/lot.html",
        lot=found,
        row=row,
        holds=holds,
        item_id=item_id,
        shares=_shares(actor, found, item_id) if holds else [],
        month_names=month_names(row),
        plain=sheets.plain,
        labels=labels,
    )


def _item_of(found: Any, asked: str) -> UUID | None:
    """The item that the page is opened at; by default the first."""
    ids = {str(item.item_id): item.item_id for item in found.items}
    return ids.get(asked) or (found.items[0].item_id if found.items else None)


def _shares(actor: Actor, found: Any, item_id: UUID | None) -> list[lots.SchoolShare]:
    return lots.shares_of(actor, found, item_id) if item_id is not None else []


@blueprint.get("/lots/<uuid:demand_lot_id>/schools.xlsx")
@access(Permission.READ)
def shares_file(demand_lot_id: UUID) -> Response:
    actor = current_actor()
    found = lots.get_lot(actor, demand_lot_id)
    row = moving.get_round(actor, found.round_id)
    content = workbook.shares_xlsx(row, found, lots.shares_of(actor, found), f"{row.title} · {found.title}")
    return download(content, _("学校明细-%(title)s.xlsx", title=found.title))
