"""Suppliers, declared to the composition root."""

from flask_babel import lazy_gettext as _l

from bureau.suppliers import api, views
from bureau.suppliers.demo import demo
from bureau.suppliers.due import due
from bureau.suppliers.permissions import RULES, Permission
from bureau.suppliers.search import search
from bureau.suppliers.service.alarms import tell_of_expiry
from kernel.module import MenuItem, Module

MODULE = Module(
    name="suppliers",
    permissions=RULES,
    menu=(
        MenuItem(_l("供应商登记"), "suppliers.index", "truck-delivery", Permission.READ, _l("采购"), 60),
        MenuItem(_l("企业登记"), "company.home", "truck-delivery", Permission.READ_COMPANY, None, 20),
        MenuItem(_l("办理人"), "company.colleagues", "users", Permission.READ_COMPANY, None, 25),
    ),
    pages=(views.pages, views.company_pages, views.public_pages),
    api=(api.blp,),
    due=(due,),
    search=(search,),
    periodic={"expiry": ("10 7 * * *", tell_of_expiry)},
    demo=demo,
)
