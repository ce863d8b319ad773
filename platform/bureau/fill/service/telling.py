"""The alarm of a score that phone and service did not agree on."""

from flask_babel import gettext as _

from bureau.inspections.models import Inspection
from bureau.inspections.permissions import PLANNERS
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.identity import holders
from kernel.notices.service import notify


def tell_of_difference(actor: Actor, visit: Inspection, school: School) -> None:
    """To those who keep the plans: the official score stands, but somebody must look."""
    notify(
        actor,
        holders.at_bureau(actor.bureau_id, PLANNERS),
        "inspection_score_differs",
        _("得分不一致：%(school)s", school=school.name),
        body=_("手机端与服务器算出的得分不同，以服务器为准，请核对并反馈。"),
        url=f"/inspections/visits/{visit.school_id}/{visit.id}",
    )
