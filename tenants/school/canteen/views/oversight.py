"""All schools' menus of a week, for the bureau and for zone supervisors; and one school's menu as they read it."""

from datetime import timedelta
from uuid import UUID

from flask import render_template, request
from flask_babel import gettext as _

from bureau.oversight.feeds import Span
from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor
from kernel.errors import Invalid, NotFound
from kernel.web.dates import today
from kernel.web.forms import Form
from school.canteen import labels
from school.canteen.feeds import school_weeks
from school.canteen.permissions import Permission
from school.canteen.rules import MenuState, monday_of
from school.canteen.schemas import OverviewQuery
from school.canteen.service import menus, overview
from school.canteen.service.limits import limits_on
from school.canteen.views.blueprint import blueprint
from school.canteen.views.menus import menu_page


@blueprint.get("/oversight/menus")
@access(Permission.OVERSEE)
def overview_page() -> str:
    """Which schools have not published next week's menu, and whose checks fail."""
    actor = current_actor()
    form = Form.blank(
        OverviewQuery(), {name: value for name, value in request.args.items() if name in ("week", "show")}
    )
    try:
        query = form.load()
    except Invalid as error:
        form.reject(error)
        query = OverviewQuery().load({})
    monday = monday_of(query["week"] or today() + timedelta(weeks=1))
    rows = overview.week_of_schools(actor, monday)
    failing = overview.failing_checks(actor, monday)
    least = limits_on(actor.bureau_id, None, monday).limit("menu.published.days_before")
    shown = {
        "all": rows,
        "missing": [row for row in rows if row.menu_id is None],
        "failed": [row for row in rows if row.failed],
        "late": [row for row in rows if row.days_ahead is not None and row.days_ahead < least.at_least],
    }
    is_taught = bool(school_weeks(actor, Span(monday, monday + timedelta(days=6))))
    form.values |= {"week": monday.isoformat(), "show": query["show"]}
    return render_template(
        "canteen/overview.html", form=form, monday=monday, rows=shown[query["show"]], counts=shown, failing=failing,
        labels=labels, least=least, show=query["show"], is_taught=is_taught, week_end=monday + timedelta(days=6),
        before=monday - timedelta(weeks=1), after=monday + timedelta(weeks=1),
        tabs=[("all", _("全部")), ("missing", _("未公布")), ("failed", _("有不符合项")), ("late", _("公布晚了"))],
    )  # fmt: skip


@blueprint.get("/schools/<int:school_id>/menus/<uuid:menu_id>")
@access(Permission.OVERSEE)
def menu_of_school(school_id: int, menu_id: UUID) -> str:
    """Published ones: a draft is the school's own."""
    actor = current_actor()
    school = get_school(actor, school_id)
    found = menus.get_menu(actor, school_id, menu_id)
    if found.state == MenuState.DRAFT:
        raise NotFound(_("没有这份菜谱。"))
    return menu_page(actor, found, school=school)
