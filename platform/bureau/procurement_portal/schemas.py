"""What the public list is asked for."""

from marshmallow import EXCLUDE

from bureau.procurement_portal.labels import GROUPS
from kernel.schemas import Choice, PageArguments, Text, Whole


class PublicTenderQuery(PageArguments):
    """Addresses are passed on with additions of others; unknown parts are no error."""

    class Meta:
        unknown = EXCLUDE

    group = Choice(tuple(GROUPS), load_default=None, allow_none=True)
    text = Text(load_default="")
    year = Whole(2000, 2100, load_default=None, allow_none=True)
    limit = Whole(1, 50, load_default=20)
