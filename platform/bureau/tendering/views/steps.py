"""Buttons that move a tender: each shows the tender again, with the reason where it was refused."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from bureau.tendering import schemas
from bureau.tendering.permissions import Permission
from bureau.tendering.service import copying, ending, lots, reading, report, reviewing
from bureau.tendering.views.blueprint import blueprint
from bureau.tendering.views.showing import show_page
from kernel.access.edge import access, current_actor
from kernel.schemas import BaseSchema
from kernel.web.forms import Form


def step(tender_id: UUID, schema: BaseSchema, act: Callable[[dict[str, Any]], Any], done: str) -> Any:
    reading.get_tender(current_actor(), tender_id)
    form = Form.submitted(schema)
    with form.catching():
        act(form.load())
        flash(done, "success")
        return redirect(url_for("tendering.show", tender_id=tender_id))
    return show_page(tender_id, form), form.refusal_status


@blueprint.post("/<uuid:tender_id>/submission")
@access(Permission.DRAFT)
def submit(tender_id: UUID) -> Any:
    return step(
        tender_id, schemas.TenderStepForm(),
        lambda data: reviewing.submit(current_actor(), tender_id, data["version"]), _("已提交复核。"),
    )  # fmt: skip


@blueprint.post("/<uuid:tender_id>/return")
@access(Permission.REVIEW)
def send_back(tender_id: UUID) -> Any:
    return step(
        tender_id, schemas.TenderStepForm(),
        lambda data: reviewing.send_back(current_actor(), tender_id, data["version"], data["reason"]), _("已退回修改。"),
    )  # fmt: skip


@blueprint.post("/<uuid:tender_id>/dropping")
@access(Permission.DRAFT)
def drop(tender_id: UUID) -> Any:
    return step(
        tender_id, schemas.TenderStepForm(),
        lambda data: reviewing.drop(current_actor(), tender_id, data["version"], data["reason"]), _("已放弃这个草稿。"),
    )  # fmt: skip


@blueprint.post("/<uuid:tender_id>/publication")
@access(Permission.REVIEW)
def publish(tender_id: UUID) -> Any:
    return step(
        tender_id, schemas.TenderStepForm(),
        lambda data: reviewing.publish(current_actor(), tender_id, data["version"]), _("招标公告已发布。"),
    )  # fmt: skip


@blueprint.post("/<uuid:tender_id>/waivers")
@access(Permission.DRAFT)
def waive(tender_id: UUID) -> Any:
    return step(
        tender_id, schemas.WaiverForm(),
        lambda data: report.waive(current_actor(), tender_id, data["version"], data["rule"], data["reason"]),
        _("已记录理由。"),
    )  # fmt: skip


@blueprint.post("/<uuid:tender_id>/termination")
@access(Permission.STOP)
def terminate(tender_id: UUID) -> Any:
    return step(
        tender_id, schemas.TerminationForm(),
        lambda data: ending.terminate(
            current_actor(), tender_id, data["version"], reason=data["reason"], is_major_change=data["is_major_change"]
        ),
        _("项目已终止，终止公告已发布。"),
    )  # fmt: skip


@blueprint.post("/<uuid:tender_id>/suspension")
@access(Permission.STOP)
def suspend(tender_id: UUID) -> Any:
    return step(
        tender_id, schemas.TenderStepForm(),
        lambda data: ending.suspend(current_actor(), tender_id, data["version"], data["reason"]), _("项目已暂停，各项期限停止计算。"),
    )  # fmt: skip


@blueprint.post("/<uuid:tender_id>/resumption")
@access(Permission.STOP)
def resume(tender_id: UUID) -> Any:
    return step(
        tender_id, schemas.TenderStepForm(),
        lambda data: ending.resume(current_actor(), tender_id, data["version"], data["reason"]), _("项目已恢复，期限已顺延。"),
    )  # fmt: skip


@blueprint.post("/<uuid:tender_id>/lots/<uuid:tender_lot_id>/cancellation")
@access(Permission.STOP)
def cancel_lot(tender_id: UUID, tender_lot_id: UUID) -> Any:
    """The version is the lot's."""
    return step(
        tender_id, schemas.TenderStepForm(),
        lambda data: lots.cancel_lot(current_actor(), tender_id, tender_lot_id, data["version"], data["reason"]),
        _("标包已取消。"),
    )  # fmt: skip


@blueprint.post("/<uuid:tender_id>/retender")
@access(Permission.DRAFT)
def retender(tender_id: UUID) -> Any:
    form = Form.submitted(schemas.RetenderForm())
    with form.catching():
        values = form.load()
        made = copying.retender(current_actor(), values.pop("id"), tender_id, **values)
        flash(_("已按废标的标包建立新的草稿，请设置时间并上传文件。"), "success")
        return redirect(url_for("tendering.show", tender_id=made.id))
    return show_page(tender_id, form), form.refusal_status
