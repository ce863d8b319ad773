"""The page to fill a check: with a script every touch is saved by itself, without one the page is a single form."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.inspections import labels as inspection_labels
from kernel.access.edge import access, current_actor, may
from kernel.database import db, new_id
from kernel.errors import Denied, Invalid, NotFound, RuleBroken
from kernel.web.forms import Form, uploaded
from school.self_checks import labels, page
from school.self_checks.models import SelfCheck, SelfCheckPhoto
from school.self_checks.permissions import Permission
from school.self_checks.schemas import SelfCheckPhotoForm, SelfCheckSubmissionIn, SelfCheckVersionForm
from school.self_checks.service import filling, reading, submitting
from school.self_checks.service.schedules import get_schedule
from school.self_checks.views.blueprint import blueprint
from scorecards import service as forms
from scorecards.form import Form as ScoredForm

BASE = "/self-checks/<uuid:self_check_id>"
Typed = tuple[Mapping[str, Any], Mapping[str, str]]  # answers and remarks by key


def _draft(self_check_id: UUID) -> SelfCheck:
    actor = current_actor()
    check = reading.get_check(actor, actor.own_school_id(), self_check_id)
    if check.state != "draft":
        raise RuleBroken("submitted", _("这次自查已提交，不能再修改；需要更正请重新自查一次。"))
    return check


def _form(check: SelfCheck) -> ScoredForm:
    return forms.form_of(reading.version_of(current_actor(), check))


@blueprint.post(BASE)
@access(Permission.FILL)
def save_all(self_check_id: UUID) -> Any:
    """Everything on the page at once: what a browser without a script does."""
    check = _draft(self_check_id)
    refused = _store_page(check)
    if refused:
        return fill_page(check, typed=_typed(check), errors=refused), 422
    _store_photos(check)
    return redirect(url_for("self_checks.before_submission", self_check_id=check.id))


@blueprint.post(BASE + "/items/<card_place>")
@access(Permission.FILL)
def save_item(self_check_id: UUID, card_place: str) -> Any:
    check = _draft(self_check_id)
    place = _place(check, card_place)
    answers, remarks = page.read_answers([page.Part(_form(check).sections[0], "", "", [place])], request.form)
    answers.setdefault(place.key, None)
    refused = _store(check, answers, remarks)
    shown = _sections(check, (answers, {}) if refused else None, refused)
    section, card = next((part, one) for part in shown for one in part.cards if str(one.position) == card_place)
    body = render_template("inspections/_saved.html", card=card, section=section, standing=_standing(check), oob=True)
    return body, 422 if refused else 200


@blueprint.post(BASE + "/sections/<int:section_index>/met")
@access(Permission.FILL)
def section_met(self_check_id: UUID, section_index: int) -> Any:
    """未填的全部符合: what nobody answered yet in this section loses nothing; the exceptions are touched after."""
    check = _draft(self_check_id)
    refused = _store_page(check)
    if not refused:
        _fill_rest(check, [_section_at(_sections(check), section_index)])
    return _section_answer(check, section_index, refused)


@blueprint.post(BASE + "/sections/<int:section_index>/absent")
@access(Permission.FILL)
def section_absent(self_check_id: UUID, section_index: int) -> Any:
    """本部分整体不适用, or applies again."""
    check = _draft(self_check_id)
    section = _section_at(_sections(check), section_index)
    if not section.absent_key:
        raise NotFound(_("表单中没有这一部分。"))
    answer = None if section.is_absent else {"not_applicable": _("学校无此情形")}
    filling.save_answers(current_actor(), check.id, {section.absent_key: answer})
    return _section_answer(check, section_index, {})


def _section_answer(check: SelfCheck, section_index: int, refused: dict[str, list[str]]) -> Any:
    if not request.headers.get("HX-Request"):
        if refused:
            return fill_page(check, typed=_typed(check), errors=refused), 422
        address = url_for("self_checks.show", self_check_id=check.id)
        return redirect(f"{address}#section-{section_index}")
    section = _section_at(_sections(check, _typed(check) if refused else None, refused), section_index)
    body = render_template(
        "self_checks/_section.html", section=section, check=check, standing=_standing(check), oob=True,
        **_addresses(check),
    )  # fmt: skip
    return body, 422 if refused else 200


@blueprint.post(BASE + "/in-order")
@access(Permission.FILL)
def in_order(self_check_id: UUID) -> Any:
    """未发现问题: all that is open loses nothing; what must be counted is still asked. Then to the last look."""
    check = _draft(self_check_id)
    refused = _store_page(check)
    if refused:
        return fill_page(check, typed=_typed(check), errors=refused), 422
    _fill_rest(check, _sections(check))
    return redirect(url_for("self_checks.before_submission", self_check_id=check.id))


def _fill_rest(check: SelfCheck, sections: list[page.Shown]) -> None:
    wanted = {str(card.position) for section in sections for card in section.cards if card.counts}
    parts = page.layout(_form(check), check.units)
    keys = {place.key: place.item for part in parts for place in part.places if place.name in wanted}
    filling.answer_the_rest(current_actor(), check.id, keys)


@blueprint.post(BASE + "/figures")
@access(Permission.FILL)
def save_figures(self_check_id: UUID) -> Any:
    check = _draft(self_check_id)
    form = Form.submitted(SelfCheckVersionForm())
    parameters, units = page.read_figures(_form(check), request.form)
    with form.catching():
        filling.set_figures(
            current_actor(), check.id, form.load()["version"], parameters=parameters, units=units
        )  # fmt: skip
        flash(_("已保存。"))
        return redirect(url_for("self_checks.show", self_check_id=check.id))
    return fill_page(_draft(self_check_id), figures=form), form.refusal_status


@blueprint.get(BASE + "/submit")
@access(Permission.FILL)
def before_submission(self_check_id: UUID) -> Any:
    actor = current_actor()
    check = reading.get_check(actor, actor.own_school_id(), self_check_id)
    if check.state != "draft":
        return redirect(url_for("self_checks.show", self_check_id=check.id))
    return _review_page(check, Form.blank(SelfCheckSubmissionIn()))


@blueprint.post(BASE + "/submit")
@access(Permission.FILL)
def submit(self_check_id: UUID) -> Any:
    actor = current_actor()
    check = reading.get_check(actor, actor.own_school_id(), self_check_id)
    form = Form.submitted(SelfCheckSubmissionIn())
    with form.catching():
        data = form.load()
        try:
            submitting.submit(actor, check.id, data["remark"] or "")
        except Invalid as error:
            raise RuleBroken(
                "unanswered_items", _("还有 %(count)s 项没有填写，填完才能提交。", count=len(error.fields))
            ) from error
        flash(_("自查已提交。"))
        return redirect(url_for("self_checks.show", self_check_id=check.id))
    return _review_page(_draft(self_check_id), form), form.refusal_status


def _review_page(check: SelfCheck, form: Form) -> str:
    result = submitting.preview(current_actor(), check)
    cards = {
        place.key: (place, part.title)
        for part in page.layout(_form(check), check.units)
        for place in part.places
    }  # fmt: skip
    wanted = submitting.open_fields(result)
    lost = [
        (cards.get(f"{line.code}@{line.unit}" if line.unit else line.code), line)
        for line in result.account
        if (line.lost > 0 and line.reason not in ("unanswered", "parameter_missing"))
        or line.reason in ("failed", "found")
    ]
    return render_template(
        "self_checks/review.html",
        check=check,
        form=form,
        result=result,
        missing=[cards[key] for key in result.missing if key in cards],
        others=[text for name, texts in wanted.items() if not name.startswith("answers.") for text in texts],
        lost=[pair for pair in lost if pair[0] is not None],
        title=_form(check).title,
        labels=inspection_labels,
    )


# --- photos ---


@blueprint.post(BASE + "/photos")
@access(Permission.FILL)
def add_photo(self_check_id: UUID) -> Any:
    """One photo; answers the list entry that shows it, or in plain words why it was refused."""
    check = _draft(self_check_id)
    try:
        photo = _add_photo(check)
    except Invalid as error:
        db.session.rollback()
        words = " ".join(text for texts in error.fields.values() for text in texts)
        return Response(words, status=422, mimetype="text/plain")
    return render_template("inspections/_photo.html", photo=photo, **_photo_addresses(check))


def _add_photo(check: SelfCheck) -> SelfCheckPhoto:
    data = Form.submitted(SelfCheckPhotoForm()).load()
    files = uploaded("photo")
    if len(files) != 1:
        raise Invalid({"photo": [_("请选择一张照片。")]})
    return filling.add_photo(
        current_actor(),
        check.id,
        photo_id=data["id"],
        item_code=_place(check, data["position"]).key if data["position"] else "",
        data=files[0].read(),
        name=files[0].filename or "",
    )


@blueprint.post(BASE + "/photos/<uuid:self_check_photo_id>/remove")
@access(Permission.FILL)
def remove_photo(self_check_id: UUID, self_check_photo_id: UUID) -> Any:
    filling.remove_photo(current_actor(), self_check_id, self_check_photo_id)
    return "" if request.headers.get("HX-Request") else redirect(
        url_for("self_checks.show", self_check_id=self_check_id)
    )  # fmt: skip


def _store_photos(check: SelfCheck) -> None:
    """Those that came with the whole page, named `photo-<place>`, `photo` for the check itself."""
    places = [place for part in page.layout(_form(check), check.units) for place in part.places]
    for name, key in [("photo", ""), *((f"photo-{place.name}", place.key) for place in places)]:
        for file in uploaded(name):
            filling.add_photo(
                current_actor(), check.id, photo_id=new_id(), item_code=key, data=file.read(),
                name=file.filename or "",
            )  # fmt: skip


# --- the page ---


def _place(check: SelfCheck, name: str) -> page.Place:
    place = page.place_named(page.layout(_form(check), check.units), name)
    if place is None:
        raise NotFound(_("表单中没有这一项。"))
    return place


def _section_at(sections: list[page.Shown], index: int) -> page.Shown:
    if index >= len(sections):
        raise NotFound(_("表单中没有这一部分。"))
    return sections[index]


def _typed(check: SelfCheck) -> Typed:
    return page.read_answers(page.layout(_form(check), check.units), request.form)


def _store_page(check: SelfCheck) -> dict[str, list[str]]:
    answers, remarks = _typed(check)
    return _store(check, answers, remarks) if answers else {}


def _store(check: SelfCheck, answers: Mapping[str, Any], remarks: Mapping[str, str]) -> dict[str, list[str]]:
    """Save; what was refused comes back as key → reasons, and then nothing was saved."""
    try:
        filling.save_answers(current_actor(), check.id, answers, remarks)
    except Invalid as error:
        return {name.partition(".")[2]: messages for name, messages in error.fields.items()}
    return {}


def _sections(
    check: SelfCheck, typed: Typed | None = None, errors: Mapping[str, list[str]] | None = None
) -> list[page.Shown]:  # fmt: skip
    rows = reading.answers_of(check)
    answers = reading.stored_answers(rows)
    remarks = {key: row.remark for key, row in rows.items()}
    for key, answer in (typed[0] if typed else {}).items():
        answers.pop(key, None)
        if answer is not None:
            answers[key] = answer
    remarks.update(typed[1] if typed else {})
    form = _form(check)
    tags = reading.tags_of(reading.school_of(check))
    parts = page.layout(form, check.units)
    return page.shown_sections(form, parts, answers, remarks, reading.photos_of(check), tags, errors)


def _standing(check: SelfCheck) -> dict[str, Any]:
    """The bar at the foot of the page: {score, maximum, missing}."""
    result = submitting.preview(current_actor(), check)
    return {"score": result.score, "maximum": result.maximum, "missing": len(submitting.open_fields(result))}


def _photo_addresses(check: SelfCheck) -> dict[str, Any]:
    return {
        "add_photo_url": url_for("self_checks.add_photo", self_check_id=check.id),
        "remove_photo_url": lambda photo_id: url_for(
            "self_checks.remove_photo", self_check_id=check.id, self_check_photo_id=photo_id
        ),
    }


def _addresses(check: SelfCheck) -> dict[str, Any]:
    return {
        "item_url": lambda place: url_for("self_checks.save_item", self_check_id=check.id, card_place=place),
        "section_url": lambda index: url_for("self_checks.section_met", self_check_id=check.id, section_index=index),
        "absent_url": lambda index: url_for("self_checks.section_absent", self_check_id=check.id, section_index=index),
        **_photo_addresses(check),
        "labels": inspection_labels,
    }


def fill_page(
    check: SelfCheck,
    typed: Typed | None = None,
    errors: dict[str, list[str]] | None = None,
    figures: Form | None = None,
) -> str:
    if not may(Permission.FILL):
        raise Denied(Permission.FILL)
    actor = current_actor()
    sections = _sections(check, typed, errors)
    form = _form(check)
    newest = reading.newest_version(actor, check.form_version_id)
    return render_template(
        "self_checks/fill.html",
        check=check,
        title=form.title,
        schedule=None if check.schedule_id is None else get_schedule(actor, check.school_id, check.schedule_id),
        sections=sections,
        check_photos=reading.photos_of(check).get("", []),
        refused=[card for section in sections for card in section.cards if card.errors],
        standing=_standing(check),
        newest=newest if newest.id != check.form_version_id else None,
        asked=[one for one in form.parameters if one.source == "asked"],
        of_units=[one for one in form.parameters if one.source == "unit"],
        tables=page.unit_tables(form, check.units),
        figures=figures or Form.blank(SelfCheckVersionForm()),
        oob=False,
        words=labels,
        **_addresses(check),
    )
