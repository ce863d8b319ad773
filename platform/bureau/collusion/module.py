"""Signs of collusion, declared to the composition root."""

from flask_babel import lazy_gettext as _l

from bureau.collusion import api, jobs, views
from bureau.collusion.permissions import RULES, Permission
from bureau.tendering.following import TenderPart
from kernel.module import MenuItem, Module

MODULE = Module(
    name="collusion",
    permissions=RULES,
    menu=(MenuItem(_l("围标串标线索"), "collusion.index", "radar", Permission.READ, _l("采购"), 60),),
    pages=(views.blueprint,),
    api=(api.blp,),
    jobs={"look": jobs.look},
    publishes=(jobs.FOLLOWER, TenderPart(bureau=views.panel, order=60)),
)
