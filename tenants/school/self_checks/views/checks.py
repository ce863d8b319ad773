"""The school's checks: what is due, what was done, one check's result, and the self score beside the official one."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.inspections import labels as inspection_labels
from bureau.inspections.service import planning
from bureau.inspections.views.accounts import account_view
from bureau.schools import service as schools
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.database import new_id
from kernel.errors import NotFound
from kernel.schemas import PageArguments
from kernel.web.forms import Form
from school.self_checks import labels
from school.self_checks.models import SelfCheck
from school.self_checks.permissions import Permission
from school.self_checks.schemas import SelfCheckIdForm, SelfCheckStartForm, SelfCheckVersionForm
from school.self_checks.service import comparing, due, filling, reading
from school.self_checks.service.schedules import get_schedule, may_do
from school.self_checks.views.blueprint import blueprint
from scorecards import service as forms

PAGE = 20


@blueprint.get("/self-checks")
@access(Permission.READ)
def index() -> str:
    actor = current_actor()
    return list_page(actor, actor.own_school_id(), "self_checks.index", owed=due.owed_now(actor))


def list_page(actor: Actor, school_id: int, endpoint: str, **more: Any) -> str:
    cursor = Form.blank(PageArguments(), {"cursor": request.args.get("cursor", "")}).load()["cursor"]
    page = reading.list_checks(actor, school_id, cursor=cursor, limit=PAGE)
    ids: dict[str, Any] = {} if actor.level == "school" else {"school_id": school_id}
    return render_template(
        "self_checks/index.html",
        page=page,
        school=schools.get_school(actor, school_id),
        owed=more.pop("owed", []),
        may_do=lambda schedule: may_do(actor, schedule),
        new_id=new_id,
        first_url=url_for(endpoint, **ids) if cursor else None,
        next_url=url_for(endpoint, cursor=page.next_cursor, **ids) if page.next_cursor else None,
        is_own=actor.level == "school",
        words=labels,
    )


@blueprint.get("/self-checks/new")
@access(Permission.FILL)
def new() -> str:
    return _new_page(Form.blank(SelfCheckStartForm(), {"id": str(new_id())}))


@blueprint.post("/self-checks/new")
@access(Permission.FILL)
def start() -> Any:
    form = Form.submitted(SelfCheckStartForm())
    with form.catching():
        data = form.load()
        filling.start(current_actor(), data["id"], form_version_id=data["form_version_id"])
        return redirect(url_for("self_checks.show", self_check_id=data["id"]))
    return _new_page(form), form.refusal_status


def form_choices(actor: Actor) -> list[tuple[UUID, str]]:
    """The newest published version of every form in use."""
    newest: dict[UUID, tuple[UUID, str, int]] = {}
    for version, title in forms.published_versions(actor):
        if version.template_id not in newest or newest[version.template_id][2] < version.number:
            newest[version.template_id] = (version.id, f"{title} v{version.number}", version.number)
    return [(one[0], one[1]) for one in newest.values()]


def _new_page(form: Form) -> str:
    return render_template("self_checks/new.html", form=form, choices=form_choices(current_actor()))


@blueprint.post("/self-checks/schedules/<uuid:self_check_schedule_id>/occurrences/<occurrence_day>")
@access(Permission.FILL)
def start_occurrence(self_check_schedule_id: UUID, occurrence_day: str) -> Any:
    """Begin what is due; where somebody began it already, go on with that."""
    actor = current_actor()
    schedule = get_schedule(actor, actor.own_school_id(), self_check_schedule_id)
    occurs_on = _day(occurrence_day)
    taken = filling.check_of(actor, schedule.id, occurs_on)
    if taken is None:
        data = Form.submitted(SelfCheckIdForm()).load()
        taken, _is_new = filling.start(actor, data["id"], schedule_id=schedule.id, occurs_on=occurs_on)
    return redirect(url_for("self_checks.show", self_check_id=taken.id))


def _day(text: str) -> Any:
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound from None


@blueprint.get("/self-checks/<uuid:self_check_id>")
@access(Permission.READ)
def show(self_check_id: UUID) -> Any:
    from school.self_checks.views.filling import fill_page

    actor = current_actor()
    check = reading.get_check(actor, actor.own_school_id(), self_check_id)
    if check.state == "draft":
        return fill_page(check)
    return result_page(actor, check)


def result_page(actor: Actor, check: SelfCheck) -> str:
    version = reading.version_of(actor, check)
    schedule = None if check.schedule_id is None else get_schedule(actor, check.school_id, check.schedule_id)
    newest = reading.newest_version(actor, check.form_version_id)
    return render_template(
        "self_checks/result.html",
        check=check,
        school=schools.get_school(actor, check.school_id),
        version=version,
        form_title=version.form["title"],
        schedule=schedule,
        newest=newest if newest.number > version.number else None,
        account=account_view(check.account or {}, "lost" if request.args.get("order") == "lost" else "form"),
        own_account=True,
        labels=inspection_labels,
        words=labels,
        is_own=actor.level == "school",
    )


@blueprint.post("/self-checks/<uuid:self_check_id>/discard")
@access(Permission.FILL)
def discard(self_check_id: UUID) -> Any:
    filling.discard(current_actor(), self_check_id, Form.submitted(SelfCheckVersionForm()).load()["version"])
    flash(_("草稿已删除。"))
    return redirect(url_for("self_checks.index"))


@blueprint.get("/self-checks/comparison/<uuid:inspection_id>")
@access(Permission.READ)
def own_comparison(inspection_id: UUID) -> str:
    actor = current_actor()
    return comparison_page(actor, actor.own_school_id(), inspection_id)


def comparison_page(actor: Actor, school_id: int, inspection_id: UUID) -> str:
    found = comparing.compare(actor, school_id, inspection_id)
    plan = planning.get_plan(actor, found.result.plan_id) if found is not None else None
    return render_template(
        "self_checks/comparison.html",
        found=found,
        plan=plan,
        school=schools.get_school(actor, school_id),
        pairs=_pairs(found),
        only=request.args.get("only") == "differing",
        inspection_id=inspection_id,
        is_own=actor.level == "school",
        labels=inspection_labels,
        words=labels,
    )


def _pairs(found: comparing.Comparison | None) -> list[Any]:
    if found is None:
        return []
    if request.args.get("only") != "differing":
        return list(found.pairs)
    differing = [pair for pair in found.pairs if pair.differs]
    return sorted(differing, key=lambda pair: -abs(pair.difference or 0))
