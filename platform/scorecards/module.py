"""Declares the forms to the composition root. Roles and visits are known above: the rules, and who can tell what was
answered, come in from there."""

from flask_babel import lazy_gettext as _l

from kernel.access import Rule
from kernel.module import MenuItem, Module
from scorecards.api_trials import blueprint as api
from scorecards.demo import demo
from scorecards.import_command import forms
from scorecards.past import PastVisits
from scorecards.permissions import Permission
from scorecards.search import search
from scorecards.views import blueprint as pages


def module(manage: Rule, read: Rule, past: PastVisits | None = None) -> Module:
    return Module(
        name="forms",
        permissions={Permission.MANAGE: manage, Permission.READ: read},
        menu=(MenuItem(_l("评分表"), "forms.index", "checklist", Permission.READ, _l("检查"), order=34),),
        pages=(pages,),
        api=(api,),
        search=(search,),
        commands=(forms,),
        publishes=() if past is None else (past,),
        demo=demo,
    )
