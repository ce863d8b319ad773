"""The school's pages: its rounds, and the sheet that is saved while it is typed."""

import base64
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.demand import labels, rules
from bureau.demand.permissions import Permission
from bureau.demand.schemas import DemandImportForm, DemandRowsForm, DemandSheetQuery, DemandWordsForm
from bureau.demand.service import moving, proposals, rounds, sheets, workbook
from bureau.demand.views.rounds import month_names, month_span
from bureau.schools.views.downloads import download
from kernel.access.edge import access, current_actor, may
from kernel.database import db, now
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.sheets import MEDIA_TYPE, errors_xlsx, placed_message
from kernel.web.forms import Form, uploaded

blueprint = Blueprint("demand_own", __name__, url_prefix="/demand")
# A browser without our script sends every field of the page at once; a form of a thousand fields is refused.
ROWS_ON_A_PAGE = 60
MOST_PROBLEMS = 20


@blueprint.get("/own")
@access(Permission.OWN_READ)
def index() -> str:
    page = rounds.list_rounds(current_actor(), cursor=request.args.get("cursor"))
    late = {row.id: rules.is_late(sheet.state, row.deadline, sheet.submitted_at, now()) for row, sheet in page.items}
    return render_template("demand/own.html", page=page, labels=labels, months=month_span, late=late)


@blueprint.get("/<uuid:demand_round_id>/sheet")
@access(Permission.OWN_READ)
def sheet(demand_round_id: UUID) -> str:
    query = DemandSheetQuery().load(_query())
    return _page(demand_round_id, Form.blank(DemandWordsForm()), query["category"], query["page"])


def _query() -> dict[str, str]:
    return {name: request.args[name] for name in ("category", "page") if request.args.get(name)}


def _page(demand_round_id: UUID, form: Form, category: UUID | None = None, page: int = 1, **more: Any) -> str:
    actor = current_actor()
    row = moving.get_round(actor, demand_round_id)
    own = moving.get_sheet(actor, actor.own_school_id(), demand_round_id)
    categories = rounds.categories_of(actor, row.id)
    chosen = next((one for one in categories if one.category_id == category), categories[0])
    items = rounds.items_of(actor, row.id, chosen.category_id)
    pages = -(-len(items) // ROWS_ON_A_PAGE)
    page = min(page, max(pages, 1))
    shown = items[(page - 1) * ROWS_ON_A_PAGE : page * ROWS_ON_A_PAGE]
    filled = sheets.filled_by_category(actor, own)
    counts: dict[UUID, int] = {}
    for item in rounds.items_of(actor, row.id):
        counts[item.category_id] = counts.get(item.category_id, 0) + 1
    return render_template(
        "demand/sheet.html",
        row=row,
        sheet=own,
        form=form,
        months=month_span(row),
        month_names=month_names(row),
        categories=categories,
        chosen=chosen,
        items=shown,
        page=page,
        pages=pages,
        filled=filled,
        counts=counts,
        lines=sheets.lines_of(actor, own, chosen.category_id),
        offered=proposals.proposals(actor, row, own, shown),
        may_write=may(Permission.FILL) and not actor.read_only and rules.may_fill(row.state, own.state),
        may_submit=may(Permission.SUBMIT) and not actor.read_only,
        may_fill_now=rules.may_fill(row.state, own.state),
        late=rules.is_late(own.state, row.deadline, own.submitted_at, now()),
        events=sheets.events_of(own),
        labels=labels,
        plain=sheets.plain,
        **more,
    )


@blueprint.post("/<uuid:demand_round_id>/sheet")
@access(Permission.FILL)
def save(demand_round_id: UUID) -> Any:
    """A whole page of rows from a browser without a script, or a few rows from the script, which is answered in JSON."""
    form = Form.submitted(DemandRowsForm())
    if request.headers.get("Accept", "").startswith("application/json"):
        return _save_typed(demand_round_id, form)
    with form.catching():
        data = form.load()
        sheets.save_rows(current_actor(), demand_round_id, _changes(demand_round_id, data["rows"]))
        flash(_("已保存。"), "success")
        return redirect(
            url_for("demand_own.sheet", demand_round_id=demand_round_id, category=data["category"], page=data["page"])
        )
    known = {str(one.category_id): one.category_id for one in rounds.categories_of(current_actor(), demand_round_id)}
    return _page(demand_round_id, form, known.get(str(form.values.get("category")))), form.refusal_status


def _changes(demand_round_id: UUID, rows: list[dict[str, Any]]) -> list[sheets.RowChange]:
    count = moving.get_round(current_actor(), demand_round_id).month_count
    return [
        sheets.RowChange(
            row["item_id"], row["version"], [row[f"m{number}"] for number in range(1, count + 1)], row["basis"]
        )
        for row in rows
    ]


def _save_typed(demand_round_id: UUID, form: Form) -> Any:
    try:
        data = form.load()
        lines = sheets.save_rows(current_actor(), demand_round_id, _changes(demand_round_id, data["rows"]))
    except Invalid as error:
        db.session.rollback()
        return jsonify(errors=error.fields), 422
    except RuleBroken as error:
        db.session.rollback()
        return jsonify(message=error.message), 422
    except Conflict as error:
        db.session.rollback()
        return jsonify(message=error.message, **(error.current or {})), 409
    return jsonify(rows={str(line.item_id): sheets.row_json(line) for line in lines})


@blueprint.post("/<uuid:demand_round_id>/sheet/proposals")
@access(Permission.FILL)
def take_proposals(demand_round_id: UUID) -> Any:
    query = DemandSheetQuery().load(_query())
    form = Form.blank(DemandWordsForm())
    with form.catching():
        count = proposals.take_proposals(current_actor(), demand_round_id, query["category"])
        flash(_("已按建议填写 %(count)s 种物品，请逐项核对。", count=count) if count else _("没有可采用的建议。"))
        return redirect(url_for("demand_own.sheet", demand_round_id=demand_round_id, category=query["category"]))
    return _page(demand_round_id, form, query["category"]), form.refusal_status


@blueprint.post("/<uuid:demand_round_id>/sheet/submit")
@access(Permission.SUBMIT)
def submit(demand_round_id: UUID) -> Any:
    form = Form.submitted(DemandWordsForm())
    with form.catching():
        data = form.load()
        sheets.submit(current_actor(), demand_round_id, data["version"], data["words"])
        flash(_("已提交教育局审核。"), "success")
        return redirect(url_for("demand_own.sheet", demand_round_id=demand_round_id))
    return _page(demand_round_id, form), form.refusal_status


@blueprint.post("/<uuid:demand_round_id>/sheet/withdraw")
@access(Permission.SUBMIT)
def withdraw(demand_round_id: UUID) -> Any:
    form = Form.submitted(DemandWordsForm())
    with form.catching():
        data = form.load()
        sheets.withdraw(current_actor(), demand_round_id, data["version"], data["words"])
        flash(_("已撤回，可以继续修改。"))
        return redirect(url_for("demand_own.sheet", demand_round_id=demand_round_id))
    return _page(demand_round_id, form), form.refusal_status


@blueprint.get("/<uuid:demand_round_id>/sheet.xlsx")
@access(Permission.OWN_READ)
def sheet_file(demand_round_id: UUID) -> Response:
    actor = current_actor()
    row = moving.get_round(actor, demand_round_id)
    own = moving.get_sheet(actor, actor.own_school_id(), demand_round_id)
    content = workbook.sheet_xlsx(actor, row, own, row.title)
    return download(content, _("需求表-%(title)s.xlsx", title=row.title))


@blueprint.post("/<uuid:demand_round_id>/sheet/import")
@access(Permission.FILL)
def load(demand_round_id: UUID) -> Any:
    form = Form.submitted(DemandImportForm())
    with form.catching():
        files = uploaded("file")
        if len(files) != 1:
            raise Invalid({"file": [_("请选择一个 .xlsx 或 .csv 文件。")]})
        spec, parsed, problems, count = workbook.import_sheet(current_actor(), demand_round_id, files[0].read())
        if problems:
            db.session.rollback()
            marked = base64.b64encode(errors_xlsx(spec, parsed, problems)).decode()
            texts = [placed_message(spec, problem) for problem in problems[:MOST_PROBLEMS]]
            refused = {"count": len(problems), "texts": texts, "marked": f"data:{MEDIA_TYPE};base64,{marked}"}
            return _page(demand_round_id, form, refused=refused), 422
        flash(_("已导入，%(count)s 种物品的数量有变化。", count=count), "success")
        return redirect(url_for("demand_own.sheet", demand_round_id=demand_round_id))
    return _page(demand_round_id, form), form.refusal_status
