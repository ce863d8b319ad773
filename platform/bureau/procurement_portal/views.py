"""Pages without signing in. Nothing here knows of an actor."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from bureau.agreements.service import public as agreements
from bureau.evaluation.service import public as committees
from bureau.ocds.service.reading import open_bureau
from bureau.procurement_portal import labels
from bureau.procurement_portal.schemas import PublicTenderQuery
from bureau.procurement_portal.service import counting, showing
from kernel.access import PUBLIC
from kernel.access.edge import access
from kernel.database import now
from kernel.errors import NotFound
from kernel.web.dates import today
from kernel.web.forms import Form

blueprint = Blueprint("procurement_portal", __name__, url_prefix="/public/procurement")
FILTERS = ("group", "text", "year")


@blueprint.get("/<bureau_code>")
@access(PUBLIC)
def index(bureau_code: str) -> str:
    bureau = open_bureau(bureau_code)
    form = Form.blank(PublicTenderQuery(), request.args.to_dict())
    query = form.load()
    kept: dict[str, Any] = {name: query[name] for name in FILTERS if query[name]}
    page = showing.listing(
        bureau.id, query["cursor"], query["limit"], group=query["group"], text=query["text"], year=query["year"]
    )

    def address(**values: Any) -> str:
        return url_for("procurement_portal.index", bureau_code=bureau.code, **values)

    rest = {name: value for name, value in kept.items() if name != "group"}
    groups = [(_("全部"), address(**rest), query["group"] is None)]
    groups += [(name, address(**rest, group=code), query["group"] == code) for code, name in labels.GROUP_NAMES.items()]
    return render_template(
        "procurement_portal/index.html", bureau=bureau, page=page, form=form, labels=labels, groups=groups, kept=kept,
        years=[(one, one) for one in showing.years(bureau.id)], first_url=address(**kept) if query["cursor"] else None,
        next_url=address(**kept, cursor=page.next_cursor) if page.next_cursor else None, here="tenders",
    )  # fmt: skip


@blueprint.get("/<bureau_code>/tenders/<uuid:tender_id>")
@access(PUBLIC)
def tender(bureau_code: str, tender_id: UUID) -> str:
    bureau = open_bureau(bureau_code)
    shown = showing.shown_tender(bureau, tender_id)
    return render_template(
        "procurement_portal/tender.html", bureau=bureau, shown=shown, tender=shown.tender, labels=labels,
        lots=shown.lots, items=shown.whole.items, criteria=shown.whole.criteria,
        challenges=counting.challenges_of(bureau.id, tender_id), now=now(), here="tenders",
        committee_id=committees.of_tender(bureau.id, tender_id),
    )  # fmt: skip


@blueprint.get("/<bureau_code>/notices/<uuid:tender_notice_id>")
@access(PUBLIC)
def notice(bureau_code: str, tender_notice_id: UUID) -> str:
    bureau = open_bureau(bureau_code)
    found, told, intact = showing.shown_notice(bureau.id, tender_notice_id)
    return render_template(
        "procurement_portal/notice.html", bureau=bureau, tender=found, notice=told, intact=intact, labels=labels,
        here="tenders",
    )  # fmt: skip


@blueprint.get("/<bureau_code>/agreements")
@access(PUBLIC)
def agreement_list(bureau_code: str) -> str:
    bureau = open_bureau(bureau_code)
    return render_template(
        "procurement_portal/agreements.html", bureau=bureau, agreements=agreements.active_agreements(bureau.id),
        labels=labels, here="agreements",
    )  # fmt: skip


@blueprint.get("/<bureau_code>/agreements/<uuid:agreement_id>")
@access(PUBLIC)
def agreement(bureau_code: str, agreement_id: UUID) -> str:
    bureau = open_bureau(bureau_code)
    found = agreements.public_agreement(bureau.id, agreement_id)
    if found is None:
        raise NotFound(_("没有这份协议。"))
    return render_template(
        "procurement_portal/agreement.html", bureau=bureau, agreement=found, labels=labels, today=today(),
        here="agreements",
    )  # fmt: skip
