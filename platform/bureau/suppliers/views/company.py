"""The company's own pages: what waits, its data, licences, categories, people, measures and appeals."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.suppliers import labels, rules, schemas
from bureau.suppliers.permissions import Permission
from bureau.suppliers.service import measures, own, people, standing
from bureau.suppliers.service.events import history
from bureau.suppliers.views import company_pages, one_upload
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.web.dates import today
from kernel.web.forms import Form


@company_pages.get("")
@access(Permission.READ_COMPANY)
def home() -> str:
    return _home_page()


def _home_page(form: Form | None = None) -> str:
    actor = current_actor()
    company = own.my_company(actor)
    facts = standing.facts_of(actor, [company])[company.id]
    chosen = [one for one, state in facts.choices.items() if state in ("asked", "approved")]
    return render_template(
        "suppliers/company.html", company=company, standing=standing.standing_of(actor, company.id), labels=labels,
        names=standing.category_names(actor), licences=own.licences_of(actor, company.id),
        choices=own.choices_of(actor, company.id), measures=measures.measures_of(actor, company.id),
        appeals={one.measure_id: one for one in reversed(measures.appeals_of(actor, company.id))},
        history=history(actor, company.id, 30), today=today(), form=form, editable=company.state in rules.EDITABLE,
        missing=own.missing_for_submission(actor, company) if company.state in rules.EDITABLE else {},
        asked_licences=sorted(
            {kind for one in chosen for kind in rules.required_licences(one, facts.required, facts.parents)}
            or set(rules.ALWAYS),
            key=rules.LICENCES.index,
        ),
    )  # fmt: skip


@company_pages.get("/edit")
@access(Permission.KEEP_COMPANY)
def edit() -> str:
    company = own.my_company(current_actor())
    values = schemas.CompanyForm().dump(company) | {"version": company.version}
    return _edit_page(Form.blank(schemas.CompanyForm(), values))


@company_pages.post("/edit")
@access(Permission.KEEP_COMPANY)
def save() -> Any:
    form = Form.submitted(schemas.CompanyForm())
    with form.catching():
        values, version = form.load_edit()
        own.edit(current_actor(), version, values)
        flash(_("已保存。"), "success")
        return redirect(url_for("company.home"))
    return _edit_page(form), form.refusal_status


def _edit_page(form: Form) -> str:
    return render_template(
        "suppliers/company_edit.html", form=form, company=own.my_company(current_actor()), labels=labels
    )


@company_pages.post("/submission")
@access(Permission.KEEP_COMPANY)
def submit() -> Any:
    form = Form.submitted(schemas.ReasonForm())
    with form.catching():
        own.submit(current_actor(), form.load()["version"])
        flash(_("已提交，请等待教育局审核。"), "success")
        return redirect(url_for("company.home"))
    return _home_page(form), form.refusal_status


@company_pages.post("/withdrawal")
@access(Permission.KEEP_COMPANY)
def withdraw() -> Any:
    form = Form.submitted(schemas.ReasonForm())
    with form.catching():
        own.withdraw(current_actor(), form.load()["version"])
        flash(_("已撤回，可以修改后再提交。"), "success")
        return redirect(url_for("company.home"))
    return _home_page(form), form.refusal_status


@company_pages.get("/categories")
@access(Permission.KEEP_COMPANY)
def categories() -> str:
    actor = current_actor()
    chosen = [
        one.category_id for one in own.choices_of(actor, actor.own_supplier_id()) if one.state in ("asked", "approved")
    ]
    return _categories_page(Form.blank(schemas.CategoriesIn(), {"categories": chosen}))


@company_pages.post("/categories")
@access(Permission.KEEP_COMPANY)
def choose() -> Any:
    form = Form.submitted(schemas.CategoriesIn())
    with form.catching():
        own.choose_categories(current_actor(), form.load()["categories"])
        flash(_("已保存。"), "success")
        return redirect(url_for("company.home"))
    return _categories_page(form), form.refusal_status


def _categories_page(form: Form) -> str:
    names = standing.category_names(current_actor())
    return render_template("suppliers/company_categories.html", form=form, names=names)


@company_pages.get("/licences/new")
@access(Permission.KEEP_COMPANY)
def new_licence() -> str:
    return _licence_page(Form.blank(schemas.LicenceForm(), {"id": new_id()}))


@company_pages.post("/licences/new")
@access(Permission.KEEP_COMPANY)
def add_licence() -> Any:
    form = Form.submitted(schemas.LicenceForm())
    with form.catching():
        values = form.load()
        scan = one_upload("scan")
        if scan is None:
            raise Invalid({"scan": [_("请上传扫描件。")]})
        own.add_licence(current_actor(), values.pop("id"), values, scan)
        flash(_("已提交，教育局核验后生效。"), "success")
        return redirect(url_for("company.home"))
    return _licence_page(form), form.refusal_status


def _licence_page(form: Form) -> str:
    return render_template("suppliers/company_licence.html", form=form, labels=labels)


@company_pages.post("/licences/<uuid:licence_id>/withdrawal")
@access(Permission.KEEP_COMPANY)
def withdraw_licence(licence_id: UUID) -> Any:
    version = Form.submitted(schemas.ReasonForm()).load()["version"]
    own.withdraw_licence(current_actor(), licence_id, version)
    flash(_("已撤下。"), "success")
    return redirect(url_for("company.home"))


@company_pages.get("/people")
@access(Permission.READ_COMPANY)
def colleagues() -> str:
    return _people_page(Form.blank(schemas.InvitationForm(), {"id": new_id()}))


@company_pages.post("/people")
@access(Permission.KEEP_COMPANY)
def invite() -> Any:
    form = Form.submitted(schemas.InvitationForm())
    with form.catching():
        values = form.load()
        people.invite(current_actor(), values.pop("id"), **values)
        flash(_("邀请已发送，7 天内有效。"), "success")
        return redirect(url_for("company.colleagues"))
    return _people_page(form), form.refusal_status


def _people_page(form: Form) -> str:
    actor = current_actor()
    return render_template(
        "suppliers/company_people.html", form=form, labels=labels, requests=people.open_requests(actor),
        colleagues=people.colleagues(actor, actor.own_supplier_id()), bureaus=people.bureaus_to_register_at(actor),
    )  # fmt: skip


@company_pages.post("/people/<uuid:membership_id>/end")
@access(Permission.KEEP_COMPANY)
def end_colleague(membership_id: UUID) -> Any:
    people.end_colleague(current_actor(), membership_id)
    flash(_("已退出，立即生效。"), "success")
    return redirect(url_for("company.colleagues"))


@company_pages.post("/requests/<uuid:supplier_request_id>/agreement")
@access(Permission.KEEP_COMPANY)
def agree(supplier_request_id: UUID) -> Any:
    people.agree(current_actor(), supplier_request_id)
    flash(_("已同意。"), "success")
    return redirect(url_for("company.colleagues"))


@company_pages.post("/requests/<uuid:supplier_request_id>/refusal")
@access(Permission.KEEP_COMPANY)
def decline(supplier_request_id: UUID) -> Any:
    people.decline(current_actor(), supplier_request_id)
    flash(_("已拒绝。"), "success")
    return redirect(url_for("company.colleagues"))


@company_pages.post("/bureaus")
@access(Permission.KEEP_COMPANY)
def register_elsewhere() -> Any:
    form = Form.submitted(schemas.BureauForm())
    with form.catching():
        outcome = people.register_elsewhere(current_actor(), form.load()["bureau_code"])
        if outcome == "joined":
            flash(_("已在该局建立登记，请切换工作身份，补齐证照后提交。"), "success")
        else:
            flash(_("这家企业在该局已有登记，已请其办理人或教育局确认。"), "success")
        return redirect(url_for("company.colleagues"))
    return _people_page(Form.blank(schemas.InvitationForm(), {"id": new_id()})), form.refusal_status


@company_pages.get("/measures/<uuid:measure_id>")
@access(Permission.READ_COMPANY)
def measure(measure_id: UUID) -> str:
    return _measure_page(measure_id, Form.blank(schemas.AppealAgainstForm(), {"id": new_id()}))


@company_pages.post("/measures/<uuid:measure_id>")
@access(Permission.KEEP_COMPANY)
def appeal(measure_id: UUID) -> Any:
    actor = current_actor()
    measures.get_measure(actor, actor.own_supplier_id(), measure_id)
    form = Form.submitted(schemas.AppealAgainstForm())
    with form.catching():
        values = form.load()
        measures.appeal(actor, measure_id, values["id"], statement=values["statement"], evidence=one_upload("evidence"))
        flash(_("申诉已提交，由作出该处理以外的人员复核。"), "success")
        return redirect(url_for("company.measure", measure_id=measure_id))
    return _measure_page(measure_id, form), form.refusal_status


def _measure_page(measure_id: UUID, form: Form) -> str:
    actor = current_actor()
    supplier_id = actor.own_supplier_id()
    return render_template(
        "suppliers/company_measure.html", measure=measures.get_measure(actor, supplier_id, measure_id), form=form,
        appeals=[one for one in measures.appeals_of(actor, supplier_id) if one.measure_id == measure_id],
        names=standing.category_names(actor), labels=labels,
    )  # fmt: skip


@company_pages.post("/appeals/<uuid:supplier_appeal_id>/withdrawal")
@access(Permission.KEEP_COMPANY)
def withdraw_appeal(supplier_appeal_id: UUID) -> Any:
    version = Form.submitted(schemas.ReasonForm()).load()["version"]
    row = measures.withdraw_appeal(current_actor(), supplier_appeal_id, version)
    flash(_("申诉已撤回。"), "success")
    return redirect(url_for("company.measure", measure_id=row.measure_id))
