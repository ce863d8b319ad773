"""What goes in when a plan is made."""

from typing import Any

from marshmallow import fields

from bureau.inspections.schemas import PlanIn, PlanOut
from bureau.inspections.service.sampling import WHAT
from kernel.schemas import Flag, Whole

MOST_SAMPLED = 500


class CampaignIn(PlanIn):
    """`rooms`, `windows`, `pupils`: how many are drawn on site, 0: none. `shares_sections`: each section is one
    inspector's."""

    shares_sections = Flag()
    rooms = Whole(0, MOST_SAMPLED, load_default=0)
    windows = Whole(0, MOST_SAMPLED, load_default=0)
    pupils = Whole(0, MOST_SAMPLED, load_default=0)


class CampaignOut(PlanOut):
    shares_sections = fields.Boolean()
    sampling = fields.Dict(keys=fields.String(), values=fields.Integer())


def plan_values(data: dict[str, Any]) -> dict[str, Any]:
    """CampaignIn's values as planning.create_plan takes them."""
    sampling = {what: data[what] for what in WHAT}
    return {**{name: value for name, value in data.items() if name not in WHAT}, "sampling": sampling}
