"""Pages of the canteen's people, licences and training."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import ValidationError

from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.files.service import store
from kernel.files.sniffing import IMAGES
from kernel.schemas import flatten_errors
from kernel.web.dates import today
from kernel.web.forms import Form, uploaded
from school.canteen_staff import labels, rules, schemas
from school.canteen_staff.permissions import Permission
from school.canteen_staff.service import overview, papers, people, training

blueprint = Blueprint("canteen_staff", __name__)


@blueprint.get("/canteen-staff")
@access(Permission.READ)
def index() -> str:
    actor = current_actor()
    return _index(actor, actor.own_school_id(), None)


@blueprint.get("/schools/<int:school_id>/canteen-staff")
@access(Permission.OVERSEE)
def index_of_school(school_id: int) -> str:
    actor = current_actor()
    school = get_school(actor, school_id)
    return _index(actor, school.id, school)


def _index(actor: Actor, school_id: int, school: Any) -> str:
    with_left = request.args.get("with_left") == "1"
    people_shown = people.list_staff(actor, school_id, with_left=with_left)
    return render_template(
        "canteen_staff/index.html", people=people_shown, labels=labels, rules=rules, school=school, today=today(),
        director=overview.director_of(actor, school_id), with_left=with_left,
        hours=training.hours_of(actor, school_id, today().year), asked=training.hours_asked(actor, school_id),
        licences=overview.licences_of(actor, school_id),
    )  # fmt: skip


@blueprint.get("/canteen-staff/new")
@access(Permission.KEEP)
def new() -> str:
    values = {"id": new_id(), "joined_on": today(), "duties": []}
    return _form(Form.blank(schemas.StaffForm(), values), None)


@blueprint.get("/canteen-staff/<uuid:canteen_staff_id>/edit")
@access(Permission.KEEP)
def edit(canteen_staff_id: UUID) -> str:
    actor = current_actor()
    person = people.get_staff(actor, actor.own_school_id(), canteen_staff_id)
    values = {name: getattr(person.staff, name) for name in ("id", "version", *people.FIELDS)}
    return _form(Form.blank(schemas.StaffForm(), values), person)


def _form(form: Form, person: people.Person | None) -> str:
    return render_template("canteen_staff/edit.html", form=form, person=person, labels=labels)


@blueprint.post("/canteen-staff/new")
@access(Permission.KEEP)
def create() -> Any:
    return _save(None)


@blueprint.post("/canteen-staff/<uuid:canteen_staff_id>/edit")
@access(Permission.KEEP)
def update(canteen_staff_id: UUID) -> Any:
    actor = current_actor()
    return _save(people.get_staff(actor, actor.own_school_id(), canteen_staff_id))


def _save(person: people.Person | None) -> Any:
    actor = current_actor()
    form = Form.submitted(schemas.StaffForm())
    with form.catching():
        values = form.load()
        staff_id, version = values.pop("id"), values.pop("version")
        number, until = values.pop("health_number"), values.pop("health_until")
        if values["joined_on"] is None:
            del values["joined_on"]
        if person is None:
            version = None
        staff, is_new = people.save_staff(actor, person.staff.id if person else staff_id, values, version)
        if is_new and until:
            kind = rules.PaperKind.HEALTH.value
            papers.add_paper(actor, new_id(), staff_id=staff.id, kind=kind, number=number, valid_until=until)
        flash(_("已保存。"), "success")
        return redirect(url_for("canteen_staff.show", canteen_staff_id=staff.id))
    return _form(form, person), form.refusal_status


@blueprint.get("/canteen-staff/<uuid:canteen_staff_id>")
@access(Permission.READ)
def show(canteen_staff_id: UUID) -> str:
    return _show(current_actor(), canteen_staff_id, None)


def _show(actor: Actor, staff_id: UUID, form: Form | None) -> str:
    person = people.get_staff(actor, actor.own_school_id(), staff_id)
    form = form or Form.blank(schemas.PaperForm(), {"id": new_id(), "kind": rules.PaperKind.HEALTH.value})
    hours = training.hours_of(actor, actor.own_school_id(), today().year).get(staff_id)
    return render_template(
        "canteen_staff/show.html", person=person, form=form, labels=labels, hours=hours, today=today(),
        asked=training.hours_asked(actor, actor.own_school_id()),
    )  # fmt: skip


def _photo(actor: Actor) -> UUID | None:
    files = uploaded("photo")
    if not files:
        return None
    name = files[0].filename or ""
    return store(
        actor, files[0].read(), name=name, purpose=papers.PURPOSE, accepted=IMAGES, field="photo"
    ).id  # fmt: skip


@blueprint.post("/canteen-staff/<uuid:canteen_staff_id>/papers")
@access(Permission.KEEP)
def add_paper(canteen_staff_id: UUID) -> Any:
    actor = current_actor()
    form = Form.submitted(schemas.PaperForm())
    with form.catching():
        values = form.load()
        paper_id = values.pop("id")
        papers.add_paper(actor, paper_id, staff_id=canteen_staff_id, photo_id=_photo(actor), **values)
        flash(_("证件已登记。"), "success")
        return redirect(url_for("canteen_staff.show", canteen_staff_id=canteen_staff_id))
    return _show(actor, canteen_staff_id, form), form.refusal_status


@blueprint.post("/canteen-papers/<uuid:canteen_paper_id>/void")
@access(Permission.KEEP)
def void_paper(canteen_paper_id: UUID) -> Any:
    actor = current_actor()
    paper = papers.get_paper(actor, actor.own_school_id(), canteen_paper_id)
    values = Form.submitted(schemas.VoidForm()).load()
    papers.void_paper(actor, paper.id, values["version"], values["reason"])
    flash(_("证件记录已作废。"), "success")
    return redirect(url_for("canteen_staff.show", canteen_staff_id=paper.staff_id))


@blueprint.get("/canteen-licences")
@access(Permission.READ)
def licences() -> str:
    return _licences(None)


def _licences(form: Form | None) -> str:
    actor = current_actor()
    return render_template(
        "canteen_staff/licences.html", licences=overview.licences_of(actor, actor.own_school_id()), labels=labels,
        form=form or Form.blank(schemas.LicenceForm(), {"id": new_id(), "kind": rules.LicenceKind.FOOD_OPERATION.value}),
    )  # fmt: skip


@blueprint.post("/canteen-licences")
@access(Permission.KEEP)
def add_licence() -> Any:
    actor = current_actor()
    form = Form.submitted(schemas.LicenceForm())
    with form.catching():
        values = form.load()
        papers.add_licence(actor, values.pop("id"), photo_id=_photo(actor), **values)
        flash(_("证照已登记。"), "success")
        return redirect(url_for("canteen_staff.licences"))
    return _licences(form), form.refusal_status


@blueprint.post("/canteen-licences/<uuid:canteen_licence_id>/void")
@access(Permission.KEEP)
def void_licence(canteen_licence_id: UUID) -> Any:
    actor = current_actor()
    licence = papers.get_licence(actor, actor.own_school_id(), canteen_licence_id)
    values = Form.submitted(schemas.VoidForm()).load()
    papers.void_licence(actor, licence.id, values["version"], values["reason"])
    flash(_("证照记录已作废。"), "success")
    return redirect(url_for("canteen_staff.licences"))


@blueprint.get("/canteen-trainings")
@access(Permission.READ)
def trainings() -> str:
    actor = current_actor()
    page = training.list_sessions(actor, actor.own_school_id(), request.args.get("cursor"))
    return render_template(
        "canteen_staff/trainings.html", page=page, labels=labels, year=today().year,
        people=people.list_staff(actor, actor.own_school_id()),
        hours=training.hours_of(actor, actor.own_school_id(), today().year),
        asked=training.hours_asked(actor, actor.own_school_id()),
        next_url=url_for("canteen_staff.trainings", cursor=page.next_cursor) if page.next_cursor else None,
    )  # fmt: skip


@blueprint.get("/canteen-trainings/new")
@access(Permission.KEEP)
def new_training() -> str:
    actor = current_actor()
    rows = [
        {"staff_id": str(one.staff.id), "name": one.staff.name, "was_there": "1"}
        for one in people.list_staff(actor, actor.own_school_id())
    ]
    values = {"id": new_id(), "held_on": today(), "hours": "2", "attendances": rows}
    return render_template("canteen_staff/training_new.html", form=Form.blank(schemas.TrainingForm(), values))


@blueprint.post("/canteen-trainings/new")
@access(Permission.KEEP)
def create_training() -> Any:
    actor = current_actor()
    form = Form.submitted(schemas.TrainingForm())
    form.values.setdefault("attendances", [])
    with form.catching():
        values = form.load()
        try:
            values["attendances"] = schemas.attendances_of(values["attendances"])
        except ValidationError as error:
            messages = [text for texts in flatten_errors(error.messages).values() for text in texts]
            raise Invalid({"attendances": messages}) from error
        session, _is_new = training.record_session(actor, values.pop("id"), **values)
        flash(_("培训已登记。"), "success")
        return redirect(url_for("canteen_staff.show_training", canteen_training_id=session.id))
    return render_template("canteen_staff/training_new.html", form=form), form.refusal_status


@blueprint.get("/canteen-trainings/<uuid:canteen_training_id>")
@access(Permission.READ)
def show_training(canteen_training_id: UUID) -> str:
    actor = current_actor()
    view = training.get_session(actor, actor.own_school_id(), canteen_training_id)
    passed = {one.id: rules.is_passed(one.score, view.session.pass_score) for one in view.attendances}
    return render_template("canteen_staff/training.html", view=view, session=view.session, passed=passed)


@blueprint.post("/canteen-trainings/<uuid:canteen_training_id>/void")
@access(Permission.KEEP)
def void_training(canteen_training_id: UUID) -> Any:
    actor = current_actor()
    view = training.get_session(actor, actor.own_school_id(), canteen_training_id)
    values = Form.submitted(schemas.VoidForm()).load()
    training.void_session(actor, view.session.id, values["version"], values["reason"])
    flash(_("培训记录已作废。"), "success")
    return redirect(url_for("canteen_staff.trainings"))
