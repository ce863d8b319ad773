"""The inspector: today's visits, the page to fill on a phone, submission.

With a script every touch is saved by itself and answers a fragment; without one, the page is a single form. What is
refused is not saved, and is shown again as typed.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.inspections import labels, rules
from bureau.inspections.answer_fields import field_prefix, perfect_answer, read_item, read_page
from bureau.inspections.fill_page import Card, FilledSection, build_sections
from bureau.inspections.models import Inspection
from bureau.inspections.permissions import Permission
from bureau.inspections.schemas import SubmissionForm
from bureau.inspections.service import answering, planning, reading, submitting, visits
from bureau.inspections.views.blueprint import blueprint
from bureau.inspections.views.photos import addresses, assigned_visit, store_photos
from bureau.schools import service as schools
from kernel.access.edge import access, current_actor
from kernel.errors import Invalid, NotFound, RuleBroken
from kernel.web.dates import today
from kernel.web.forms import Form
from scorecards import service as forms
from scorecards.form import Form as ScoredForm
from scorecards.form import Item

BASE = "/fill/<int:school_id>/<uuid:inspection_id>"
RECENT = 20
Typed = tuple[Mapping[str, Any], Mapping[str, str]]  # answers and remarks by item code


@blueprint.get("/mine")
@access(Permission.FILL)
def mine() -> str:
    actor = current_actor()
    found = visits.my_visits(actor, open_only=False)
    still_open = [row for row in found if row[0].state in rules.OPEN_STATES]
    done = [row for row in reversed(found) if row[0].state in rules.SUBMITTED_STATES][:RECENT]
    groups = [
        (_("已逾期"), [row for row in still_open if row[0].scheduled_on < today()]),
        (_("今天"), [row for row in still_open if row[0].scheduled_on == today()]),
        (_("以后"), [row for row in still_open if row[0].scheduled_on > today()]),
        (_("最近完成"), done),
    ]
    return render_template(
        "inspections/mine.html",
        groups=[group for group in groups if group[1]],
        answered=reading.answered_counts(actor, [row[0] for row in still_open]),
        items=reading.item_counts(actor, [row[0] for row in still_open]),
        labels=labels,
        today=today(),
    )


@blueprint.get(BASE)
@access(Permission.FILL)
def fill(school_id: int, inspection_id: UUID) -> Any:
    visit = assigned_visit(school_id, inspection_id)
    if visit.state not in rules.OPEN_STATES:
        flash(_("这次检查已提交或取消，不能再修改。"), "warning")
        return redirect(url_for("inspections.visit", school_id=school_id, inspection_id=inspection_id))
    if not rules.fits_one_page(_form(visit)):
        flash(_("这份评分表要逐个房间（窗口）填写，请在手机上打开 /fill/ 填写。"), "info")
        return redirect(url_for("inspections.visit", school_id=school_id, inspection_id=inspection_id))
    return _fill_page(visit)


@blueprint.post(BASE)
@access(Permission.FILL)
def save_all(school_id: int, inspection_id: UUID) -> Any:
    """Everything on the page at once: what a browser without a script does, and a safety net for the others."""
    visit = assigned_visit(school_id, inspection_id)
    refused = _store_page(visit)
    if refused:
        return _fill_page(visit, typed=_typed(visit), errors=refused), 422
    store_photos(visit, list(_form(visit).items()))
    return redirect(url_for("inspections.before_submission", school_id=school_id, inspection_id=inspection_id))


@blueprint.post(BASE + "/items/<int:position>")
@access(Permission.FILL)
def save_item(school_id: int, inspection_id: UUID, position: int) -> Any:
    visit = assigned_visit(school_id, inspection_id)
    item = _item(visit, position)
    prefix = field_prefix(position)
    answer = read_item(item, prefix, request.form)
    remark = request.form.get(prefix + "remark")
    refused = _store(visit, {item.code: answer}, {} if remark is None else {item.code: remark.strip()})
    typed: Typed | None = ({item.code: answer}, {}) if refused else None
    sections = _sections(visit, typed, refused)
    section = next(part for part in sections if any(card.position == position for card in part.cards))
    card = next(card for card in section.cards if card.position == position)
    page = render_template("inspections/_saved.html", card=card, section=section, standing=_standing(visit), oob=True)
    return page, 422 if refused else 200


@blueprint.post(BASE + "/sections/<int:section_index>/met")
@access(Permission.FILL)
def section_met(school_id: int, inspection_id: UUID, section_index: int) -> Any:
    """本部分全部符合: the section's items that nobody answered yet get full marks; the exceptions are touched after."""
    visit = assigned_visit(school_id, inspection_id)
    refused = _store_page(visit)
    if not refused:
        section = _section_at(_sections(visit), section_index)
        unread = {
            card.item.code: perfect_answer(card.item) for card in section.cards if card.counts and card.answer is None
        }
        _store(visit, unread, {})
    if not request.headers.get("HX-Request"):
        if refused:
            return _fill_page(visit, typed=_typed(visit), errors=refused), 422
        return _back_to_page(visit, f"section-{section_index}")
    section = _section_at(_sections(visit, _typed(visit) if refused else None, refused), section_index)
    page = render_template(
        "inspections/_section.html",
        section=section,
        visit=visit,
        standing=_standing(visit),
        oob=True,
        **_addresses(visit),
    )
    return page, 422 if refused else 200


@blueprint.get(BASE + "/submit")
@access(Permission.FILL)
def before_submission(school_id: int, inspection_id: UUID) -> Any:
    visit = assigned_visit(school_id, inspection_id)
    if visit.state not in rules.OPEN_STATES or not rules.fits_one_page(_form(visit)):
        return redirect(url_for("inspections.visit", school_id=school_id, inspection_id=inspection_id))
    return _review_page(visit, Form.blank(SubmissionForm(), {"met_by": visit.met_by, "remark": visit.remark}))


@blueprint.post(BASE + "/submit")
@access(Permission.FILL)
def submit(school_id: int, inspection_id: UUID) -> Any:
    assigned_visit(school_id, inspection_id)
    form = Form.submitted(SubmissionForm())
    with form.catching():
        data = form.load()
        try:
            submitting.submit(
                current_actor(), school_id, inspection_id, met_by=data["met_by"] or "", remark=data["remark"] or ""
            )
        except Invalid as error:
            raise RuleBroken(
                "unanswered_items", _("还有 %(count)s 项没有填写，填完才能提交。", count=len(error.fields))
            ) from error
        flash(_("已提交。"))
        return redirect(url_for("inspections.visit", school_id=school_id, inspection_id=inspection_id))
    return _review_page(assigned_visit(school_id, inspection_id), form), form.refusal_status


def _one_page_form(visit: Inspection) -> ScoredForm:
    """The form of a visit whose page asks for it; NotFound where it has rooms, which only the phone can name."""
    form = _form(visit)
    if not rules.fits_one_page(form):
        raise NotFound(_("这份评分表要逐个房间（窗口）填写，请在手机上打开 /fill/ 填写。"))
    return form


def _form(visit: Inspection) -> ScoredForm:
    return forms.form_of(visits.form_version_of(current_actor(), visit))


def _item(visit: Inspection, position: int) -> Item:
    items = list(_one_page_form(visit).items())
    if position >= len(items):
        raise NotFound(_("表单中没有这一项。"))
    return items[position]


def _section_at(sections: list[FilledSection], index: int) -> FilledSection:
    if index >= len(sections):
        raise NotFound(_("表单中没有这一部分。"))
    return sections[index]


def _typed(visit: Inspection) -> Typed:
    """Answers and remarks of the items that the request carries."""
    return read_page(_one_page_form(visit), request.form)


def _store_page(visit: Inspection) -> dict[str, list[str]]:
    answers, remarks = _typed(visit)
    return _store(visit, answers, remarks) if answers else {}


def _store(visit: Inspection, answers: Mapping[str, Any], remarks: Mapping[str, str]) -> dict[str, list[str]]:
    """Save; what was refused comes back as item code → reasons, and then nothing was saved."""
    try:
        answering.save_answers(current_actor(), visit.school_id, visit.id, answers, remarks)
    except Invalid as error:
        return {name.partition(".")[2]: messages for name, messages in error.fields.items()}
    return {}


def _sections(
    visit: Inspection, typed: Typed | None = None, errors: Mapping[str, list[str]] | None = None
) -> list[FilledSection]:
    rows = answering.answers_of(visit)
    answers = {code: row.answer for code, row in rows.items() if row.answer is not None}
    remarks = {code: row.remark for code, row in rows.items()}
    for code, answer in (typed[0] if typed else {}).items():
        answers.pop(code, None)
        if answer is not None:
            answers[code] = answer
    remarks.update(typed[1] if typed else {})
    return build_sections(_form(visit), answers, remarks, answering.photos_of(visit), visits.tags_of(visit), errors)


def _standing(visit: Inspection) -> dict[str, Any]:
    """The bar at the foot of the page: {score, maximum, missing}."""
    result = submitting.preview(current_actor(), visit)
    return {"score": result.score, "maximum": result.maximum, "missing": len(result.missing)}


def _addresses(visit: Inspection) -> dict[str, Any]:
    ids: dict[str, Any] = {"school_id": visit.school_id, "inspection_id": visit.id}
    return {
        "item_url": lambda position: url_for("inspections.save_item", position=position, **ids),
        "section_url": lambda index: url_for("inspections.section_met", section_index=index, **ids),
        **addresses(visit),
        "labels": labels,
    }


def _fill_page(visit: Inspection, typed: Typed | None = None, errors: dict[str, list[str]] | None = None) -> str:
    actor = current_actor()
    sections = _sections(visit, typed, errors)
    return render_template(
        "inspections/fill.html",
        visit=visit,
        school=schools.get_school(actor, visit.school_id),
        plan=planning.get_plan(actor, visit.plan_id),
        sections=sections,
        visit_photos=answering.photos_of(visit).get("", []),
        refused=[card for section in sections for card in section.cards if card.errors],
        standing=_standing(visit),
        oob=False,
        **_addresses(visit),
    )


def _review_page(visit: Inspection, form: Form) -> str:
    actor = current_actor()
    result = submitting.preview(actor, visit)
    cards = {card.item.code: card for section in _sections(visit) for card in section.cards}
    missing: list[Card] = [cards[code] for code in result.missing if code in cards]
    return render_template(
        "inspections/review.html",
        visit=visit,
        school=schools.get_school(actor, visit.school_id),
        plan=planning.get_plan(actor, visit.plan_id),
        form=form,
        missing=missing,
        result=result,
        lost=[line for line in result.account if line.lost > 0 and line.reason != "unanswered"],
        cards=cards,
        labels=labels,
    )


def _back_to_page(visit: Inspection, anchor: str) -> Response:
    address = url_for("inspections.fill", school_id=visit.school_id, inspection_id=visit.id)
    return redirect(f"{address}#{anchor}")  # type: ignore[return-value]
