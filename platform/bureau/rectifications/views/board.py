"""The bureau's board: every school's rectifications, filtered, by page or as a sheet; draws for a second look."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.inspections.service import planning
from bureau.rectifications import labels
from bureau.rectifications.permissions import Permission
from bureau.rectifications.schemas import BoardQuery, DrawForm, ManyForm
from bureau.rectifications.service import checking, reading, rechecking
from bureau.rectifications.service.moving import figures_of
from bureau.rectifications.views.blueprint import blueprint
from bureau.schools import service as schools
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.policy import service as policy
from kernel.sheets import MEDIA_TYPE, Column, SheetSpec, export_xlsx
from kernel.web.dates import today
from kernel.web.downloads import disposition
from kernel.web.forms import Form
from scorecards.labels import KINDS

PAGE = 100
SHEET = SheetSpec(
    _l("整改台账"),
    (
        Column("school", _l("学校"), width=30),
        Column("plan", _l("检查"), width=26),
        Column("no", _l("序号"), width=8),
        Column("item", _l("检查内容"), width=44),
        Column("found", _l("问题"), width=36),
        Column("lost", _l("失分"), kind="decimal", width=8),
        Column("severity", _l("整改要求"), width=16),
        Column("due_on", _l("整改期限"), kind="date", width=12),
        Column("state", _l("状态"), width=12),
        Column("overdue", _l("预警"), width=12),
        Column("unresolved", _l("回头看不合格次数"), kind="integer", width=10),
    ),
)
FILTERS = ("state", "tone", "severity", "kind", "zone_id", "school_id", "plan_id")


def _query() -> tuple[dict[str, Any], reading.Filter, dict[str, Any]]:
    query = Form.blank(BoardQuery(), {name: value for name, value in request.args.items() if value}).load()
    kept = {name: str(query[name]) for name in FILTERS if query[name]}
    chosen = {name: query[name] for name in FILTERS}
    group = None if query["state"] or query["tone"] else "active"
    return query, reading.Filter(group=group, **chosen), kept


@blueprint.get("/board")
@access(Permission.READ)
def board() -> str:
    actor = current_actor()
    query, wanted, kept = _query()
    listed = reading.board(actor, wanted, query["cursor"], PAGE)
    figures = figures_of(actor.bureau_id)
    day = today()
    zones = schools.zones(actor) if actor.level == "bureau" else []
    return render_template(
        "rectifications/board.html",
        page=listed,
        counts=reading.counts(actor),
        query=query,
        kept=kept,
        tone=lambda one: reading.tone_of(one, figures, day),
        zones=zones,
        kinds=KINDS,
        first_url=url_for("rectifications.board", **kept) if query["cursor"] else None,
        next_url=url_for("rectifications.board", cursor=listed.next_cursor, **kept) if listed.next_cursor else None,
        labels=labels,
    )


@blueprint.get("/board.xlsx")
@access(Permission.READ)
def board_sheet() -> Response:
    actor = current_actor()
    _asked, wanted, _kept = _query()
    figures = figures_of(actor.bureau_id)
    day = today()

    def row(found: Any) -> dict[str, Any]:
        one = found.Rectification
        tone = reading.tone_of(one, figures, day)
        return {
            "school": found.school_name, "plan": found.plan_title, "no": one.item_no, "item": one.item_text,
            "found": one.found, "lost": one.lost, "severity": str(labels.SEVERITIES[one.severity]),
            "due_on": one.due_on, "state": str(labels.STATES[one.state]),
            "overdue": str(labels.OVERDUE[tone]) if tone else "", "unresolved": one.times_unresolved,
        }  # fmt: skip

    response = Response(export_xlsx(SHEET, [row(one) for one in reading.every_row(actor, wanted)]), mimetype=MEDIA_TYPE)
    response.headers["Content-Disposition"] = disposition("attachment", _("整改台账.xlsx"))
    return response


@blueprint.get("/extensions")
@access(Permission.CHECK)
def extensions() -> str:
    """Requests for more time that wait."""
    actor = current_actor()
    query = Form.blank(BoardQuery(), request.args.to_dict()).load()
    listed = reading.with_extension_asked(actor, query["cursor"], PAGE)
    following = url_for("rectifications.extensions", cursor=listed.next_cursor) if listed.next_cursor else None
    return render_template("rectifications/extensions.html", page=listed, next_url=following, labels=labels)


@blueprint.post("/acceptance")
@access(Permission.CHECK)
def accept_many() -> Any:
    """Those ticked on the board, all or none."""
    form = Form.submitted(ManyForm())
    with form.catching():
        count = checking.accept_many(current_actor(), [_chosen(text) for text in form.load()["chosen"]])
        flash(_("已审核通过 %(count)s 项。", count=count))
        return redirect(url_for("rectifications.board", state="replied"))
    flash(" ".join(text for texts in form.errors.values() for text in texts), "danger")
    return redirect(url_for("rectifications.board", state="replied"))


def _chosen(text: str) -> tuple[int, UUID, int]:
    try:
        school, rectification, version = text.split(":")
        return int(school), UUID(rectification), int(version)
    except ValueError:
        raise Invalid({"chosen": [_("请重新勾选。")]}) from None


@blueprint.get("/plans/<uuid:plan_id>/draws")
@access(Permission.READ)
def draws(plan_id: UUID) -> str:
    return _draws_page(plan_id, Form.blank(DrawForm(), {"id": str(new_id())}))


def _draws_page(plan_id: UUID, form: Form) -> str:
    actor = current_actor()
    return render_template(
        "rectifications/draws.html",
        plan=planning.get_plan(actor, plan_id),
        draws=rechecking.draws_of(actor, plan_id),
        counts=reading.counts(actor, reading.Filter(plan_id=plan_id)),
        share=policy.effective(actor.bureau_id, rechecking.SHARE),
        form=form,
        labels=labels,
    )


@blueprint.post("/plans/<uuid:plan_id>/draws")
@access(Permission.CHECK)
def draw(plan_id: UUID) -> Any:
    form = Form.submitted(DrawForm())
    with form.catching():
        data = form.load()
        made = rechecking.draw(
            current_actor(), plan_id, data["id"], public_value=data["public_value"] or "", share=data["share"]
        )  # fmt: skip
        flash(
            _(
                "抽中 %(drawn)s 项回头看，其余 %(rest)s 项销号。",
                drawn=len(made.drawn),
                rest=len(made.pool) - len(made.drawn),
            )
        )
        return redirect(url_for("rectifications.draws", plan_id=plan_id))
    return _draws_page(plan_id, form), form.refusal_status
