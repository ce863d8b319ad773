"""Comparing fairly, declared to the composition root."""

from flask_babel import lazy_gettext as _l

from bureau.fairness import api, jobs, views
from bureau.fairness.demo import demo
from bureau.fairness.permissions import RULES, Permission
from kernel.module import MenuItem, Module

GROUP = _l("检查分析")

MODULE = Module(
    name="fairness",
    permissions=RULES,
    menu=(
        MenuItem(_l("检查趋势"), "fairness.trend", "trending-up", Permission.COMPARE, GROUP, 46),
        MenuItem(_l("检查员宽严"), "fairness.strictness", "scale", Permission.LEAD, GROUP, 47),
        MenuItem(_l("数据提示"), "fairness.flags", "flag", Permission.FLAGS, GROUP, 48),
        MenuItem(_l("我的宽严"), "fairness.own", "scale", Permission.OWN, GROUP, 47),
    ),
    pages=(views.blueprint,),
    api=(api.blp,),
    jobs={"estimate": jobs.estimate},
    periodic={"estimate": ("40 3 * * 1", jobs.estimate_all), "flag": ("20 4 * * *", jobs.flag)},
    demo=demo,
)
