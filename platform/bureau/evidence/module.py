"""Photos reused as proof, declared to the composition root."""

from flask_babel import lazy_gettext as _l

from bureau.evidence import api, service, views
from bureau.evidence.permissions import RULES, Permission
from kernel.actor import system_actor
from kernel.module import MenuItem, Module


def print_new(bureau_id: int) -> None:
    service.print_new(system_actor(bureau_id))


MODULE = Module(
    name="evidence",
    permissions=RULES,
    menu=(MenuItem(_l("照片核对"), "evidence.matches", "photo-search", Permission.READ, _l("检查分析"), 49),),
    pages=(views.blueprint,),
    api=(api.blp,),
    periodic={"print": ("*/10 * * * *", print_new)},
)
