"""Goods that were refused: the school's pages, the supplier's answers, and the warnings of lots."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.catalogue.rules import plain_text
from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor
from kernel.actor import Actor, system_actor
from kernel.database import db, new_id
from kernel.database.scope import within
from kernel.errors import Invalid, NotFound
from kernel.files.models import Attachment
from kernel.files.service import content
from kernel.web.downloads import disposition
from kernel.web.forms import Form
from school.orders.service import finding as orders
from school.orders.views.parts import carry_out
from school.supply import labels
from school.supply.delivery_schemas import (
    RejectionAnswerForm,
    RejectionQuery,
    RejectionReasonForm,
    ReplacementForm,
    WarningLiftForm,
    WarningNoteForm,
    WarningQuery,
)
from school.supply.permissions import Permission
from school.supply.rejections import finding, settling, warning
from school.supply.rejections.models import GoodsRejection
from school.supply.views.blueprint import blueprint

PAGE = 50


def _list_page(template: str, endpoint: str, **values: Any) -> str:
    form = Form.blank(RejectionQuery(), dict(request.args.items()))
    try:
        query = form.load()
    except Invalid as error:
        form.reject(error)
        query = RejectionQuery().load({})
    query["limit"] = min(query["limit"], PAGE)
    page = finding.list_rejections(current_actor(), **values, **query)
    state = {"state": query["state"]} if query["state"] else {}
    return render_template(
        template, form=form, page=page, labels=labels, list_url=url_for(endpoint, **values), filtered=bool(state),
        first_url=url_for(endpoint, **values, **state) if query["cursor"] else None,
        next_url=url_for(endpoint, **values, **state, cursor=page.next_cursor) if page.next_cursor else None,
        school=get_school(current_actor(), values["school_id"]) if values else None,
    )  # fmt: skip


def _page(template: str, actor: Actor, rejection: GoodsRejection, **context: Any) -> str:
    lines = finding.lines_of(rejection)
    return render_template(
        template, rejection=rejection, lines=lines, balances={line.id: finding.balance_of(line) for line in lines},
        photos=finding.photos_of(rejection), events=finding.events_of(rejection), labels=labels, plain=plain_text,
        open=any(finding.balance_of(line).open for line in lines), **context,
    )  # fmt: skip


# --- the school -------------------------------------------------------------------------------------------------------


@blueprint.get("/goods-rejections")
@access(Permission.READ)
def rejections() -> str:
    return _list_page("supply/rejections.html", "supply.rejections")


@blueprint.get("/goods-rejections/<uuid:rejection_id>")
@access(Permission.READ)
def rejection(rejection_id: UUID) -> str:
    return _school_page(rejection_id)


def _school_page(rejection_id: UUID, form: Form | None = None) -> str:
    actor = current_actor()
    return _page("supply/rejection.html", actor, finding.get_rejection(actor, rejection_id), form=form)


@blueprint.post("/goods-rejections/<uuid:rejection_id>/credit")
@access(Permission.RECORD)
def credit(rejection_id: UUID) -> Any:
    actor = current_actor()
    finding.get_rejection(actor, rejection_id)
    return carry_out(
        RejectionReasonForm(),
        lambda data: settling.credit(actor, rejection_id, data["version"], data["reason"]),
        _("余下部分不再补货，结算时扣除。"),
        url_for("supply.rejection", rejection_id=rejection_id),
        lambda form: _school_page(rejection_id, form),
    )


@blueprint.get("/schools/<int:school_id>/goods-rejections")
@access(Permission.OVERSEE)
def rejections_of_school(school_id: int) -> str:
    get_school(current_actor(), school_id)
    return _list_page("supply/rejections.html", "supply.rejections_of_school", school_id=school_id)


@blueprint.get("/schools/<int:school_id>/goods-rejections/<uuid:rejection_id>")
@access(Permission.OVERSEE)
def rejection_of_school(school_id: int, rejection_id: UUID) -> str:
    actor = current_actor()
    found = finding.get_rejection(actor, rejection_id, school_id=school_id)
    return _page("supply/rejection.html", actor, found, form=None, school=get_school(actor, school_id))


# --- the supplier -----------------------------------------------------------------------------------------------------


@blueprint.get("/goods-rejections/own")
@access(Permission.READ_REJECTIONS)
def own_rejections() -> str:
    return _list_page("supply/own_rejections.html", "supply.own_rejections")


@blueprint.get("/goods-rejections/own/<uuid:own_rejection_id>")
@access(Permission.READ_REJECTIONS)
def own_rejection(own_rejection_id: UUID) -> str:
    return _own_page(own_rejection_id)


def _own_page(rejection_id: UUID, form: Form | None = None) -> str:
    actor = current_actor()
    found = finding.get_rejection(actor, rejection_id)
    form = form or Form.blank(RejectionAnswerForm(), {"answer": found.answer or found.wanted})
    return _page("supply/own_rejection.html", actor, found, form=form)


@blueprint.post("/goods-rejections/own/<uuid:own_rejection_id>/answer")
@access(Permission.ANSWER_REJECTIONS)
def answer_rejection(own_rejection_id: UUID) -> Any:
    actor = current_actor()
    finding.get_rejection(actor, own_rejection_id)

    def act(data: dict[str, Any]) -> None:
        settling.answer(
            actor, own_rejection_id, data["version"], answer=data["answer"], note=data["note"],
            promised_on=data["promised_on"],
        )  # fmt: skip

    target = url_for("supply.own_rejection", own_rejection_id=own_rejection_id)
    return carry_out(
        RejectionAnswerForm(), act, _("已答复学校。"), target, lambda form: _own_page(own_rejection_id, form)
    )


@blueprint.get("/goods-rejections/own/<uuid:own_rejection_id>/ship")
@access(Permission.ANSWER_REJECTIONS)
def replace(own_rejection_id: UUID) -> str:
    actor = current_actor()
    found = finding.get_rejection(actor, own_rejection_id)
    rows = [
        {"order_line_id": str(line_id), "quantity": plain_text(quantity)}
        for line_id, quantity in settling.replaceable(actor, found).items()
        if quantity > 0
    ]
    values = {"id": str(new_id()), "expected_on": found.promised_on, "lines": rows}
    return _ship_page(actor, found, Form.blank(ReplacementForm(), values))


def _ship_page(actor: Actor, found: GoodsRejection, form: Form) -> str:
    order = orders.get_order(actor, found.order_id)
    most: Mapping[str, Any] = {str(key): value for key, value in settling.replaceable(actor, found).items()}
    back = url_for("supply.own_rejection", own_rejection_id=found.id)
    return render_template(
        "orders/ship.html", form=form, order=order, most=most, plain=plain_text, back=back, of_school=False,
        names={str(line.id): line for line in orders.lines_of(order)},
        action=url_for("supply.send_replacement", own_rejection_id=found.id),
    )  # fmt: skip


@blueprint.post("/goods-rejections/own/<uuid:own_rejection_id>/ship")
@access(Permission.ANSWER_REJECTIONS)
def send_replacement(own_rejection_id: UUID) -> Any:
    actor = current_actor()
    found = finding.get_rejection(actor, own_rejection_id)
    form = Form.submitted(ReplacementForm())
    with form.catching():
        data = form.load()
        shipment = settling.ship_again(actor, own_rejection_id, data.pop("id"), **data)
        flash(_("送货单 %(number)s 已生成，可打印随车。", number=shipment.number), "success")
        return redirect(url_for("supply_orders.own_note", own_shipment_id=shipment.id))
    return _ship_page(actor, found, form), form.refusal_status


@blueprint.get("/goods-rejections/own/<uuid:own_rejection_id>/photos/<int:photo_place>")
@access(Permission.READ_REJECTIONS)
def rejection_photo(own_rejection_id: UUID, photo_place: int) -> Response:
    """The school's photo of what it refused: its file is the school's, shown to the supplier with the rejection."""
    actor = current_actor()
    photos = finding.photos_of(finding.get_rejection(actor, own_rejection_id))
    if photo_place >= len(photos):
        raise NotFound
    with within(db.session(), system_actor(actor.bureau_id).scope):
        attachment = db.session.get(Attachment, (actor.bureau_id, photos[photo_place].attachment_id))
    assert attachment is not None
    response = Response(content(attachment), mimetype=attachment.media_type)
    response.headers["Content-Disposition"] = disposition("inline", attachment.original_name)
    return response


# --- warnings of lots -------------------------------------------------------------------------------------------------


@blueprint.get("/lot-warnings")
@access(Permission.READ)
def warnings() -> str:
    return _warnings_page("supply/warnings.html", "supply.warnings")


def _warnings_page(template: str, endpoint: str, form: Form | None = None) -> str:
    actor = current_actor()
    given = {name: value for name, value in request.args.items() if name in ("all", "cursor")}
    query = Form.blank(WarningQuery(), given).load()
    page = warning.list_warnings(actor, is_open=not query["all"], cursor=query["cursor"], limit=PAGE)
    more: dict[str, Any] = {"all": 1} if query["all"] else {}
    return render_template(
        template, page=page, form=form, shows_all=query["all"], labels=labels,
        schools=warning.told_schools(actor, [row[0].id for row in page.items]) if actor.level != "school" else {},
        next_url=url_for(endpoint, cursor=page.next_cursor, **more) if page.next_cursor else None,
        first_url=url_for(endpoint, **more) if query["cursor"] else None,
    )  # fmt: skip


@blueprint.post("/lot-warnings/<uuid:warning_id>/acknowledge")
@access(Permission.CONFIRM)
def acknowledge_warning(warning_id: UUID) -> Any:
    actor = current_actor()
    return carry_out(
        WarningNoteForm(),
        lambda data: warning.acknowledge(actor, warning_id, data["note"]),
        _("处理情况已记录。"),
        url_for("supply.warnings"),
        lambda form: _warnings_page("supply/warnings.html", "supply.warnings", form),
    )


@blueprint.get("/lot-warnings/all")
@access(Permission.OVERSEE)
def all_warnings() -> str:
    return _warnings_page("supply/all_warnings.html", "supply.all_warnings")


@blueprint.post("/lot-warnings/<uuid:warning_id>/lift")
@access(Permission.LIFT)
def lift_warning(warning_id: UUID) -> Any:
    actor = current_actor()
    return carry_out(
        WarningLiftForm(),
        lambda data: warning.lift(actor, warning_id, data["version"], data["reason"]),
        _("警示已解除，各校已收到通知。"),
        url_for("supply.all_warnings"),
        lambda form: _warnings_page("supply/all_warnings.html", "supply.all_warnings", form),
    )
