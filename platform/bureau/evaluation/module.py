"""The evaluation of bids, declared to the composition root."""

from flask_babel import lazy_gettext as _l

from bureau.evaluation import api, api_re_evaluation, views
from bureau.evaluation.commands import committee
from bureau.evaluation.following import FOLLOWER, PART, due_items
from bureau.evaluation.permissions import RULES, Permission
from kernel.module import MenuItem, Module

GROUP = _l("采购")

MODULE = Module(
    name="evaluation",
    permissions=RULES,
    menu=(
        MenuItem(_l("评标"), "evaluation.index", "scale", Permission.READ, GROUP, 46),
        MenuItem(_l("我的评标任务"), "evaluation.mine", "clipboard-check", Permission.DECLARE, GROUP, 47),
        MenuItem(_l("评审专家库"), "evaluation.pool", "users", Permission.READ_EXPERTS, GROUP, 48),
        MenuItem(_l("利害关系申报"), "evaluation.own_interests", "shield-check", Permission.DECLARE, GROUP, 49),
        MenuItem(_l("报价确认与说明"), "evaluation.answers", "message-report", Permission.READ_ANSWERS, None, 35),
    ),
    pages=(views.blueprint, views.public.public_pages),
    api=(api.blp, api_re_evaluation.blp),
    due=(due_items,),
    commands=(committee,),
    publishes=(FOLLOWER, PART),
)
