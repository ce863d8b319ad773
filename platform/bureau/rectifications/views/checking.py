"""The bureau: one rectification at the desk and on site."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from bureau.rectifications.permissions import Permission
from bureau.rectifications.schemas import (
    AdjustForm,
    CheckForm,
    ExtensionDecisionForm,
    RecheckForm,
    SendBackForm,
)
from bureau.rectifications.service import checking, rechecking
from bureau.rectifications.service.moving import get_rectification
from bureau.rectifications.views.blueprint import blueprint
from bureau.rectifications.views.shown import page
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.database import new_id
from kernel.schemas import BaseSchema
from kernel.web.forms import Form, uploaded

ONE = "/schools/<int:school_id>/<uuid:rectification_id>"


@blueprint.get(ONE)
@access(Permission.READ)
def review(school_id: int, rectification_id: UUID) -> str:
    return _page(school_id, rectification_id, Form.blank(RecheckForm()))


def _page(school_id: int, rectification_id: UUID, form: Form) -> str:
    one = get_rectification(current_actor(), school_id, rectification_id)
    return page("rectifications/review.html", one, form)


def _act(
    school_id: int, rectification_id: UUID, schema: BaseSchema, said: str, work: Callable[[Actor, dict[str, Any]], Any]
) -> Any:
    form = Form.submitted(schema)
    with form.catching():
        work(current_actor(), form.load())
        flash(said)
        return redirect(url_for("rectifications.review", school_id=school_id, rectification_id=rectification_id))
    return _page(school_id, rectification_id, form), form.refusal_status


@blueprint.post(ONE + "/acceptance")
@access(Permission.CHECK)
def accept(school_id: int, rectification_id: UUID) -> Any:
    return _act(
        school_id, rectification_id, CheckForm(), _("已审核通过。"),
        lambda actor, data: checking.accept(actor, school_id, rectification_id, data["version"], data["reason"] or ""),
    )  # fmt: skip


@blueprint.post(ONE + "/return")
@access(Permission.CHECK)
def send_back(school_id: int, rectification_id: UUID) -> Any:
    return _act(
        school_id, rectification_id, SendBackForm(), _("已退回学校。"),
        lambda actor, data: checking.send_back(
            actor, school_id, rectification_id, data["version"], data["reason"], data["due_on"]
        ),
    )  # fmt: skip


@blueprint.post(ONE + "/closing")
@access(Permission.CHECK)
def close(school_id: int, rectification_id: UUID) -> Any:
    return _act(
        school_id, rectification_id, CheckForm(), _("已销号。"),
        lambda actor, data: checking.close(actor, school_id, rectification_id, data["version"], data["reason"] or ""),
    )  # fmt: skip


@blueprint.post(ONE + "/pick")
@access(Permission.CHECK)
def pick(school_id: int, rectification_id: UUID) -> Any:
    return _act(
        school_id, rectification_id, CheckForm(), _("已列入回头看。"),
        lambda actor, data: rechecking.pick(actor, school_id, rectification_id, data["version"], data["reason"] or ""),
    )  # fmt: skip


@blueprint.post(ONE + "/adjustment")
@access(Permission.CHECK)
def adjust(school_id: int, rectification_id: UUID) -> Any:
    return _act(
        school_id, rectification_id, AdjustForm(), _("期限已调整，并告知学校。"),
        lambda actor, data: checking.adjust(
            actor, school_id, rectification_id, data["version"], reason=data["reason"], severity=data["severity"],
            due_on=data["due_on"],
        ),
    )  # fmt: skip


@blueprint.post(ONE + "/extension")
@access(Permission.CHECK)
def decide_extension(school_id: int, rectification_id: UUID) -> Any:
    return _act(
        school_id, rectification_id, ExtensionDecisionForm(), _("延期申请已办结。"),
        lambda actor, data: checking.decide_extension(
            actor, school_id, rectification_id, data["extension_id"], data["version"], granted=data["granted"],
            reason=data["reason"] or "", until=data["until"],
        ),
    )  # fmt: skip


@blueprint.post(ONE + "/recheck")
@access(Permission.RECHECK)
def recheck(school_id: int, rectification_id: UUID) -> Any:
    """The second look's finding with its photos."""

    def work(actor: Actor, data: dict[str, Any]) -> None:
        for file in uploaded("photo"):
            rechecking.add_recheck_photo(
                actor, school_id, rectification_id, new_id(), file.read(), name=file.filename or ""
            )  # fmt: skip
        rechecking.record(
            actor, school_id, rectification_id, data["version"], fixed=data["fixed"] == "yes",
            remark=data["remark"] or "",
        )  # fmt: skip

    return _act(school_id, rectification_id, RecheckForm(), _("已记录回头看结果。"), work)
