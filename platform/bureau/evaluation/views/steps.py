"""One button, one use case: run it, say so, go back; a refusal is said on the page that it came from."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect
from flask_babel import gettext as _

from bureau.evaluation.service import facts, members
from kernel.access.edge import current_actor
from kernel.database import db
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.schemas import BaseSchema
from kernel.web.forms import Form


def step(
    back: str, schema: BaseSchema, run: Callable[[dict[str, Any]], Any], said: Any, check: Callable[[], Any]
) -> Any:  # fmt: skip
    """`back`: where the answer leads. Refusals are flashed: these forms have a field or two, and none is lost. `check`
    runs before the form is read: whoever may not see the record is told so, whatever they sent."""
    check()
    form = Form.submitted(schema)
    try:
        run(form.load())
    except Invalid as error:
        db.session.rollback()
        flash("；".join(message for messages in error.fields.values() for message in messages), "danger")
    except RuleBroken as error:
        db.session.rollback()
        flash(f"{error.message}（{error.citation}）" if error.citation else error.message, "danger")
    except Conflict as error:
        db.session.rollback()
        flash(error.message or str(_("这条记录已被他人修改，请核对最新内容后再提交。")), "danger")
    else:
        flash(said, "success")
    return redirect(back, 303)


def own_tender(tender_id: UUID) -> Callable[[], Any]:
    """For officers: the tender is this bureau's."""
    return lambda: facts.get_tender(current_actor(), tender_id)


def own_seat(tender_id: UUID) -> Callable[[], Any]:
    """For members: the actor sits on this tender's committee."""
    return lambda: members.own_seat(current_actor(), tender_id, states=("invited", "declared", "recused"))
