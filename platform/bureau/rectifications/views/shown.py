"""What both sides' page of one rectification needs."""

from typing import Any

from flask import render_template

from bureau.inspections.service import planning
from bureau.rectifications import labels
from bureau.rectifications.models import Rectification
from bureau.rectifications.service import reading
from bureau.rectifications.service.moving import figures_of
from bureau.schools import service as schools
from kernel.access.edge import current_actor
from kernel.database import new_id
from kernel.web.dates import today
from kernel.web.forms import Form


def page(template: str, one: Rectification, form: Form, **more: Any) -> str:
    actor = current_actor()
    return render_template(
        template,
        one=one,
        detail=reading.detail(actor, one),
        plan=planning.get_plan(actor, one.plan_id),
        school=schools.get_school(actor, one.school_id),
        tone=reading.tone_of(one, figures_of(actor.bureau_id), today()),
        form=form,
        new_id=new_id,
        labels=labels,
        **more,
    )
