"""The bureau's settings: which kinds schools owe, when, and the starter kinds to choose from."""

from itertools import groupby
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from duties import labels, rules
from duties.models import DutySetting
from duties.permissions import Permission
from duties.schemas import DutySettingForm, DutyStarterForm, DutyVersionForm, choice_from, types_from
from duties.service import choosing, own_kinds
from duties.service.plans import kinds_of_bureau
from duties.sources import role_book
from duties.starter import STARTERS
from duties.views.blueprint import blueprint
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.errors import NotFound
from kernel.policy import service as policy
from kernel.web.forms import Form


@blueprint.get("/settings")
@access(Permission.MANAGE)
def list_settings() -> str:
    actor = current_actor()
    kinds = [kind for kind in kinds_of_bureau(actor.bureau_id).values() if kind.is_active]
    settings: dict[str, list[DutySetting]] = {}
    for row in choosing.settings_of(actor):
        settings.setdefault(row.kind, []).append(row)
    return render_template(
        "duties/settings.html", kinds=kinds, settings=settings, owing=choosing.owing(actor), when=labels.when_text,
        roles=role_book().labels, words=labels,
    )  # fmt: skip


@blueprint.get("/settings/of/<duty_code>")
@access(Permission.MANAGE)
def show_setting(duty_code: str) -> str:
    return _page(duty_code, None)


def _page(duty_code: str, form: Form | None, setting_id: UUID | None = None) -> str:
    actor = current_actor()
    kind = choosing.get_kind(actor, duty_code)
    rows = choosing.settings_of(actor, duty_code)
    forms = [
        (row, form if form and row.id == setting_id else Form.blank(DutySettingForm(), _values(row))) for row in rows
    ]
    blank = {"id": str(new_id()), "is_on": "1", "stages": [], "canteen_modes": [], "boarding": ""}
    known = setting_id in {row.id for row in rows}
    return render_template(
        "duties/setting.html", kind=kind, forms=forms, new=form if form and not known else Form.blank(DutySettingForm(), blank),
        fields=choosing.fields_of(kind), when=labels.when_text, owing=choosing.owing(actor, [duty_code]).get(duty_code, 0),
        citations=_citations(duty_code), roles=role_book().labels, words=labels, stages=list(labels.STAGES.items()),
        modes=[(mode, labels.CANTEEN_MODES[mode]) for mode in rules.CANTEEN_MODES],
    )  # fmt: skip


def _citations(code: str) -> list[str]:
    actor = current_actor()
    kind = kinds_of_bureau(actor.bureau_id, figures=False)[code]
    keys = kind.published.policy.values() if kind.published else ()
    found = [policy.effective(actor.bureau_id, key).citation for key in keys]
    return [text for text in (*found, kind.citation) if text]


def _values(row: DutySetting) -> dict[str, Any]:
    return {
        "id": str(row.id), "version": row.version, "is_on": "1" if row.is_on else "",
        "due_time": f"{row.due_time:%H:%M}" if row.due_time else "", "weekday": row.weekday,
        "month_day": row.month_day, "minutes_after": row.minutes_after, "grace_hours": row.grace_hours, "why": row.why,
        "stages": row.stages, "boarding": "" if row.boarding is None else str(int(row.boarding)),
        "canteen_modes": row.canteen_modes, "least_diners": row.least_diners, "most_diners": row.most_diners,
    }  # fmt: skip


@blueprint.post("/settings/of/<duty_code>")
@access(Permission.MANAGE)
def save_setting(duty_code: str) -> Any:
    form = Form.submitted(DutySettingForm())
    setting_id: UUID | None = None
    with form.catching():
        data = form.load()
        setting_id = data["id"]
        types, choice = types_from(data), choice_from(data)
        choosing.save_setting(
            current_actor(), data["id"], data["version"], kind=duty_code, is_on=data["is_on"], types=types,
            choice=choice, why=data["why"],
        )  # fmt: skip
        flash(_("已保存，各校还没到期的任务随后按新的要求产生。"), "success")
        return redirect(url_for("duties.show_setting", duty_code=duty_code))
    return _page(duty_code, form, setting_id), form.refusal_status


@blueprint.post("/settings/of/<duty_code>/<uuid:duty_setting_id>/delete")
@access(Permission.MANAGE)
def delete_setting(duty_code: str, duty_setting_id: UUID) -> Any:
    actor = current_actor()
    if choosing.get_setting(actor, duty_setting_id).kind != duty_code:
        raise NotFound
    form = Form.submitted(DutyVersionForm())
    with form.catching():
        choosing.delete_setting(actor, duty_setting_id, form.load()["version"])
        flash(_("已取消这条设置。"), "success")
        return redirect(url_for("duties.show_setting", duty_code=duty_code))
    return _page(duty_code, None), form.refusal_status


@blueprint.get("/settings/starters")
@access(Permission.MANAGE)
def list_starters() -> str:
    return _starters(Form.blank(DutyStarterForm(), {"codes": []}))


def _starters(form: Form) -> str:
    groups = [
        (name, list(found)) for name, found in groupby(STARTERS.values(), key=lambda starter: starter.group)
    ]  # fmt: skip
    return render_template(
        "duties/starters.html", form=form, groups=groups, adopted=own_kinds.adopted(current_actor()),
        when=labels.when_text, roles=role_book().labels, words=labels,
    )  # fmt: skip


@blueprint.post("/settings/starters")
@access(Permission.MANAGE)
def adopt_starters() -> Any:
    form = Form.submitted(DutyStarterForm())
    with form.catching():
        count = own_kinds.adopt(current_actor(), form.load()["codes"])
        flash(ngettext("已采用 %(num)s 项，可随时修改。", "已采用 %(num)s 项，可随时修改。", count), "success")
        return redirect(url_for("duties.list_settings"))
    return _starters(form), form.refusal_status
