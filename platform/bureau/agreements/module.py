"""Agreements, declared to the composition root."""

from flask_babel import lazy_gettext as _l

from bureau.agreements import api, views
from bureau.agreements.following import FOLLOWER, PART
from bureau.agreements.permissions import RULES, Permission
from bureau.agreements.service.from_awards import is_signed, let_go
from bureau.agreements.service.reading import allowed_items
from bureau.agreements.watching import due
from bureau.awards.hooks import Contracts
from bureau.catalogue.ordering import OrderLimit
from kernel.module import MenuItem, Module

GROUP, SUPPLY = _l("采购"), _l("食材与供应")

MODULE = Module(
    name="agreements",
    permissions=RULES,
    menu=(
        MenuItem(_l("框架协议"), "agreements.index", "award", Permission.READ, GROUP, 70),
        MenuItem(_l("二次竞价"), "agreements.competitions", "scale", Permission.READ, GROUP, 71),
        MenuItem(_l("可订物品和价格"), "agreements.orderable", "sum", Permission.READ_COVERED, SUPPLY, 45),
        MenuItem(_l("框架协议"), "agreements.covering", "award", Permission.READ_COVERED, SUPPLY, 46),
        MenuItem(_l("我的协议"), "agreements.own", "award", Permission.READ_OWN, None, 50),
        MenuItem(_l("报价邀请"), "agreements.own_competitions", "scale", Permission.READ_OWN, None, 55),
    ),
    pages=(views.blueprint,),
    api=(api.blp,),
    due=(due,),
    publishes=(FOLLOWER, PART, OrderLimit(allowed_items), Contracts(is_signed, let_go)),
)
