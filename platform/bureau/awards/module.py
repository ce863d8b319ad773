"""Awards, declared to the composition root."""

from flask_babel import lazy_gettext as _l

from bureau.awards import api, views
from bureau.awards.following import FOLLOWER
from bureau.awards.parts import PART, due
from bureau.awards.permissions import RULES, Permission
from bureau.awards.service.withdrawing import HOOK
from kernel.module import MenuItem, Module

MODULE = Module(
    name="awards",
    permissions=RULES,
    menu=(MenuItem(_l("中标与结果文书"), "awards.letters", "award", Permission.READ_LETTER, None, 40),),
    pages=(views.blueprint,),
    api=(api.blp,),
    due=(due,),
    publishes=(FOLLOWER, PART, HOOK),
)
