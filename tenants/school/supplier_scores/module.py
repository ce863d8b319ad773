"""What suppliers did, from facts only: on time, short, refused, papers, answers; and their right to answer."""

from flask_babel import lazy_gettext as _l

from kernel.module import MenuItem, Module
from school.supplier_scores import jobs, views
from school.supplier_scores.api import blueprint as api
from school.supplier_scores.demo import demo
from school.supplier_scores.permissions import RULES, Permission
from school.supplier_scores.watching import due

SUPPLY, PURCHASE = _l("食材与供应"), _l("采购")

MODULE = Module(
    name="supplier_scores",
    permissions=RULES,
    menu=(
        MenuItem(_l("供应商评分"), "supplier_scores.index", "award", Permission.READ, PURCHASE, 78),
        MenuItem(_l("配送公平"), "supplier_scores.fairness_index", "scale", Permission.READ_FAIRNESS, PURCHASE, 79),
        MenuItem(_l("供应商评分"), "supplier_scores.school_index", "award", Permission.READ_AT_SCHOOL, SUPPLY, 50),
        MenuItem(_l("履约评分"), "supplier_scores.own", "award", Permission.READ_OWN, None, 46),
    ),
    pages=views.PAGES,
    api=(api,),
    due=(due,),
    demo=demo,
    jobs={"gather": jobs.gather},
    # On the fifth: by then the last month's orders are closed, as far as they will be.
    periodic={"gather": ("50 3 * * *", jobs.gather), "publish": ("20 5 5 * *", jobs.publish)},
)
