"""Pages: try the draft's weights, read what was tried."""

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from bureau.simulation import labels, service
from bureau.simulation.permissions import Permission
from bureau.simulation.schemas import SimulationForm
from bureau.tendering.models import Tender, TenderCriterion
from bureau.tendering.service import reading as tenders
from kernel.access.edge import access, current_actor, may
from kernel.actor import Actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.sheets import MEDIA_TYPE, placed_message, template_xlsx
from kernel.web.forms import Form

blueprint = Blueprint("simulation", __name__, url_prefix="/simulation")
MOST_UPLOAD = 2_000_000


@blueprint.get("/tenders/<uuid:tender_id>")
@access(Permission.READ)
def show(tender_id: UUID) -> str:
    return _page(tender_id, Form.blank(SimulationForm(), {"id": str(new_id()), "source": "past"}))


@blueprint.get("/tenders/<uuid:tender_id>/template.xlsx")
@access(Permission.RUN)
def template(tender_id: UUID) -> Response:
    actor = current_actor()
    tender = service.draft_of(actor, tender_id)
    criteria = service.factors_of(actor, tender, _lot_asked(actor, tender))
    return Response(
        template_xlsx(service.sheet_of(tender, criteria)), mimetype=MEDIA_TYPE,
        headers={"Content-Disposition": "attachment; filename=simulation.xlsx"},
    )  # fmt: skip


@blueprint.post("/tenders/<uuid:tender_id>")
@access(Permission.RUN)
def run(tender_id: UUID) -> Any:
    actor = current_actor()
    form = Form.submitted(SimulationForm())
    with form.catching():
        data = form.load()
        tender = service.draft_of(actor, tender_id)
        criteria = service.factors_of(actor, tender, data["lot_id"])
        bids, source_lot_id, title = _bids(actor, tender, criteria, data)
        row = service.run(
            actor, tender_id, data["id"], lot_id=data["lot_id"], points=_points(criteria), bids=bids,
            source_lot_id=source_lot_id, source_title=title,
        )  # fmt: skip
        flash(_("已试算。"))
        return redirect(url_for("simulation.report", tender_id=tender_id, simulation_id=row.id))
    return _page(tender_id, form), form.refusal_status


@blueprint.get("/tenders/<uuid:tender_id>/reports/<uuid:simulation_id>")
@access(Permission.READ)
def report(tender_id: UUID, simulation_id: UUID) -> str:
    actor = current_actor()
    row = service.get_simulation(actor, tender_id, simulation_id)
    return render_template(
        "simulation/report.html",
        tender=tenders.get_tender(actor, tender_id),
        row=row,
        names={bid["key"]: bid["name"] for bid in row.bids},
        spans=spans_of(row.report["steps"]),
        hints=hints_of(row.report, row.factors, row.bids),
        labels=labels,
    )


def spans_of(steps: list[dict[str, Any]]) -> list[tuple[int, int, str]]:
    """Neighbouring price weights with one winner as one line: from, until, who."""
    found: list[tuple[int, int, str]] = []
    for step in steps:
        first = step["order"][0]
        if found and found[-1][2] == first:
            found[-1] = (found[-1][0], step["weight"], first)
        else:
            found.append((step["weight"], step["weight"], first))
    return found


def hints_of(report: dict[str, Any], factors: list[Any], bids: list[Any]) -> list[tuple[str, str]]:
    titles = {factor["key"]: factor["title"] for factor in factors}
    names = {bid["key"]: bid["name"] for bid in bids}
    return [
        (
            hint["code"],
            labels.hint_text(
                hint["code"], titles[hint["factor"]], "、".join(names[key] for key in hint["bids"]), hint["figures"]
            ),
        )
        for hint in report["hints"]
    ]


def _page(tender_id: UUID, form: Form) -> str:
    actor = current_actor()
    tender = tenders.get_tender(actor, tender_id)
    lot_id = _lot_asked(actor, tender)
    may_run = may(Permission.RUN) and tender.state in service.DRAFTING
    return render_template(
        "simulation/show.html",
        tender=tender,
        lots=tenders.lots_of(actor, tender_id),
        lot_id=lot_id,
        criteria=service.factors_of(actor, tender, lot_id),
        sources=service.sources(actor, tender) if may_run else [],
        past=service.simulations_of(actor, tender_id),
        may_run=may_run,
        form=form,
        given=request.form,
    )


def _lot_asked(actor: Actor, tender: Tender) -> UUID | None:
    """The lot chosen in the address or the form, one of this tender's; by default its first."""
    lots = tenders.lots_of(actor, tender.id)
    asked = request.values.get("lot_id", "")
    return next((lot.id for lot in lots if str(lot.id) == asked), lots[0].id if lots else None)


def _points(criteria: list[TenderCriterion]) -> dict[UUID, Decimal]:
    found = {}
    for row in criteria:
        try:
            value = Decimal(request.form.get(f"points-{row.id}", "").strip() or row.points)
        except InvalidOperation:
            raise Invalid({"_form": [_("“%(title)s”的分值应为数字。", title=row.title)]}) from None
        if not (value.is_finite() and 0 <= value <= 100 and -int(value.as_tuple().exponent) <= 4):
            raise Invalid({"_form": [_("“%(title)s”的分值应在 0 到 100 之间。", title=row.title)]})
        found[row.id] = value
    return found


def _bids(
    actor: Actor, tender: Tender, criteria: list[TenderCriterion], data: dict[str, Any]
) -> tuple[list[Any], UUID | None, str]:
    if data["source"] == "past":
        source = next((one for one in service.sources(actor, tender) if one.lot_id == data["source_lot_id"]), None)
        if source is None:
            raise Invalid({"_form": [_("请选择一个往年标包。")]})
        return service.bids_of_lot(actor, source.lot_id, criteria), source.lot_id, source.title
    upload = request.files.get("table")
    pasted = data["pasted"] or ""
    content = upload.read(MOST_UPLOAD + 1) if upload else b""
    if len(content) > MOST_UPLOAD:
        raise Invalid({"_form": [_("表格太大。")]})
    if not content and not pasted.strip():
        raise Invalid({"_form": [_("请上传表格或粘贴内容。")]})
    bids, parsed = service.bids_of_table(tender, criteria, content or service.csv_of(pasted))
    if parsed.problems:
        spec = service.sheet_of(tender, criteria)
        raise Invalid({"_form": [placed_message(spec, problem) for problem in parsed.problems[:10]]})
    return bids, None, (upload.filename if content and upload else "") or _("粘贴的表格")


def panel(actor: Actor, tender: Tender) -> Markup:
    """On the tender's page: what was tried, from the draft on; the reviewer sees it before passing the draft."""
    if tender.award_method != "comprehensive" or not may(Permission.READ):
        return Markup("")
    rows = service.simulations_of(actor, tender.id)
    if not rows and tender.state not in service.DRAFTING:
        return Markup("")
    return Markup(  # noqa: S704 (autoescaped)
        render_template(
            "simulation/_panel.html",
            tender=tender,
            rows=rows,
            hints=hints_of(rows[0].report, rows[0].factors, rows[0].bids) if rows else [],
            labels=labels,
        )
    )
