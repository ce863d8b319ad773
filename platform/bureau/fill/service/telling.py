"""The alarm of a score that phone and service did not agree on."""

from flask_babel import gettext as _
from sqlalchemy import or_, select

from bureau.inspections.models import Inspection
from bureau.inspections.permissions import PLANNERS
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db
from kernel.identity.models import Membership
from kernel.notices.service import notify
from kernel.web.dates import today


def tell_of_difference(actor: Actor, visit: Inspection, school: School) -> None:
    """To those who keep the plans: the official score stands, but somebody must look."""
    day = today()
    keepers = db.session.scalars(
        select(Membership.person_id)
        .where(
            Membership.bureau_id == actor.bureau_id,
            Membership.level == "bureau",
            Membership.role.in_([str(role) for role in PLANNERS]),
            Membership.ended_at.is_(None),
            Membership.valid_from <= day,
            or_(Membership.valid_until.is_(None), Membership.valid_until >= day),
        )
        .distinct()
    )
    notify(
        actor,
        list(keepers),
        "inspection_score_differs",
        _("得分不一致：%(school)s", school=school.name),
        body=_("手机端与服务器算出的得分不同，以服务器为准，请核对并反馈。"),
        url=f"/inspections/visits/{visit.school_id}/{visit.id}",
    )
