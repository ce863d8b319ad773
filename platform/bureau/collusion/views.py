"""Pages for procurement and discipline: tenders with their signs, one tender's signs side by side."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from bureau.bids.models import Bid
from bureau.collusion import labels
from bureau.collusion.models import CollusionSign
from bureau.collusion.permissions import Permission
from bureau.collusion.rules.decisions import events_from
from bureau.collusion.schemas import SignDecisionForm
from bureau.collusion.service import deciding, looking, reading
from bureau.suppliers.models import BureauSupplier
from bureau.tendering.models import Tender
from bureau.tendering.service import reading as tenders
from kernel.access.edge import access, current_actor, may
from kernel.actor import Actor
from kernel.database import db
from kernel.schemas import PageArguments
from kernel.web.forms import Form

blueprint = Blueprint("collusion", __name__, url_prefix="/collusion")
PAGE = 50


@blueprint.get("/")
@access(Permission.READ)
def index() -> str:
    query = Form.blank(PageArguments(), request.args.to_dict()).load()
    page = reading.list_tenders(current_actor(), query["cursor"], PAGE)
    return render_template(
        "collusion/index.html",
        page=page,
        first_url=url_for("collusion.index") if query["cursor"] else None,
        next_url=url_for("collusion.index", cursor=page.next_cursor) if page.next_cursor else None,
    )


@blueprint.get("/tenders/<uuid:tender_id>")
@access(Permission.READ)
def tender(tender_id: UUID) -> str:
    return _page(tender_id)


@blueprint.post("/tenders/<uuid:tender_id>/look")
@access(Permission.LOOK)
def look(tender_id: UUID) -> Any:
    run = looking.look(current_actor(), tender_id)
    flash(_("已比对 %(bids)d 份投标文件，新发现线索 %(signs)d 条。", bids=run.bids, signs=run.new_signs))
    return redirect(url_for("collusion.tender", tender_id=tender_id))


@blueprint.post("/tenders/<uuid:tender_id>/signs/<uuid:collusion_sign_id>/decision")
@access(Permission.DECIDE)
def decide(tender_id: UUID, collusion_sign_id: UUID) -> Any:
    form = Form.submitted(SignDecisionForm())
    with form.catching():
        data = form.load()
        deciding.decide(
            current_actor(), tender_id, collusion_sign_id, data["version"], data["event"], data["reason"]
        )  # fmt: skip
        flash(_("已记录。"))
        return redirect(url_for("collusion.tender", tender_id=tender_id, _anchor=f"sign-{collusion_sign_id}"))
    deciding.get_sign(current_actor(), tender_id, collusion_sign_id)
    return _page(tender_id, form, collusion_sign_id), form.refusal_status


def _page(tender_id: UUID, form: Form | None = None, refused: UUID | None = None) -> str:
    actor = current_actor()
    found = tenders.get_tender(actor, tender_id)
    signs = reading.signs_of(actor, tender_id)
    names = names_of(actor, tender_id)
    return render_template(
        "collusion/tender.html",
        tender=found,
        runs=reading.runs_of(actor, tender_id),
        signs=[(sign, evidence_table(sign, names), events_from(sign.state)) for sign in signs],
        decisions=reading.decisions_of(actor, [sign.id for sign in signs]),
        lots={lot.id: lot for lot in tenders.lots_of(actor, tender_id)},
        form=form,
        refused=refused,
        labels=labels,
    )


def names_of(actor: Actor, tender_id: UUID) -> dict[str, str]:
    """Whatever evidence refers to by id → its name: bids and suppliers by the company's, items by their own."""
    companies = db.session.execute(
        select(Bid.id, Bid.supplier_id, BureauSupplier.name)
        .join(BureauSupplier, (BureauSupplier.bureau_id == Bid.bureau_id) & (BureauSupplier.id == Bid.supplier_id))
        .where(Bid.bureau_id == actor.bureau_id, Bid.tender_id == tender_id)
    )
    names = {}
    for bid_id, supplier_id, name in companies:
        names[str(bid_id)] = names[str(supplier_id)] = name
    names |= {str(item.id): item.name for item in tenders.items_of(actor, tender_id)}
    return names


def evidence_table(sign: CollusionSign, names: Mapping[str, str]) -> dict[str, Any]:
    """Rows side by side: one column per bid where lines are compared, else one row per bid and place."""
    rows = sign.evidence
    if rows and "item" in rows[0]:
        bids = [key for key in rows[0] if key != "item"]
        return {
            "columns": [_("品目"), *(names.get(bid, "") for bid in bids)],
            "rows": [
                [names.get(row["item"], "") or _("语句"), *(_cell(row.get(bid, "")) for bid in bids)] for row in rows
            ],
        }
    if sign.kind == "rotation":
        return {
            "columns": [_("标包"), _("中标人")],
            "rows": [[row["title"], names.get(row["bid"], "")] for row in rows],
        }
    told = [
        (
            names.get(row["bid"], ""),
            " · ".join(
                part for part in (str(labels.FIELDS.get(row["field"], row["field"])), row.get("file", "")) if part
            ),
            _yuan(row["value"]) if row["field"] == "total_fen" else str(row["value"]),
        )
        for row in rows
    ]
    # A company that bids for several lots says the same in each.
    return {"columns": [_("投标人"), _("位置"), _("内容")], "rows": list(dict.fromkeys(told))}


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return _(
            "%(price)s × %(quantity)s，写作 %(amount)s",
            price=_yuan(value["unit_price_fen"]), quantity=value["quantity"], amount=_yuan(value["amount_fen"]),
        )  # fmt: skip
    return _yuan(value) if isinstance(value, int) else str(value)


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def panel(actor: Actor, tender: Tender) -> Markup:
    """On the tender's page, for those who watch, once it is opened."""
    if tender.opened_at is None or not may(Permission.READ):
        return Markup("")
    count = reading.count_of(actor, tender.id)
    return Markup(render_template("collusion/_panel.html", tender=tender, count=count))  # noqa: S704 (autoescaped)
