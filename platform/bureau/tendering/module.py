"""Tendering, declared to the composition root."""

from flask_babel import lazy_gettext as _l

from bureau.tendering import api, api_suppliers, views
from bureau.tendering.demo import demo
from bureau.tendering.due import due
from bureau.tendering.permissions import RULES, Permission
from bureau.tendering.service import clock
from kernel.module import MenuItem, Module

GROUP = _l("采购")

MODULE = Module(
    name="tendering",
    permissions=RULES,
    menu=(
        MenuItem(_l("招标项目"), "tendering.index", "gavel", Permission.READ, GROUP, 40),
        MenuItem(_l("招标公告"), "open_tenders.index", "gavel", Permission.READ_OPEN, None, 30),
        MenuItem(_l("本区招标"), "district_tenders.index", "gavel", Permission.LOOK, _l("食材与供应"), 44),
    ),
    pages=views.PAGES,
    api=(api.blp, api_suppliers.blp),
    due=(due,),
    demo=demo,
    periodic={"clock": ("* * * * *", clock.run_due)},
)
