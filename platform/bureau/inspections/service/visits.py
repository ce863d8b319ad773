"""One visit: begun, answered item by item, photographed, submitted, scored."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from bureau.inspections import rules
from bureau.inspections.models import (
    Inspection,
    InspectionAnswer,
    InspectionEvent,
    InspectionInspector,
    InspectionLoss,
    InspectionPhoto,
    InspectionPlan,
    InspectionResult,
)
from bureau.roles import Role
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush
from kernel.files.models import Attachment
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken
from scorecards import service as forms
from scorecards.answers import answers_to_json, read_answers
from scorecards.models import FormVersion
from scorecards.result import Result, result_to_json

MAX_REMARK = 1000


def get_inspection(actor: Actor, school_id: int, inspection_id: UUID, *, lock: bool = False) -> Inspection:
    """The visit with this id to this school. An inspector reaches the visits assigned to them and no other."""
    query = select(Inspection).where(
        Inspection.bureau_id == actor.bureau_id, Inspection.school_id == school_id, Inspection.id == inspection_id
    )
    visit = db.session.scalar(query.with_for_update() if lock else query)
    if visit is None or (_only_inspects(actor) and not is_assigned(actor, visit)):
        raise NotFound(_("没有这次检查。"))
    return visit


def _only_inspects(actor: Actor) -> bool:
    return actor.roles == frozenset({str(Role.INSPECTOR)})


def is_assigned(actor: Actor, visit: Inspection) -> bool:
    return (
        db.session.scalar(
            select(InspectionInspector.id).where(
                InspectionInspector.bureau_id == visit.bureau_id,
                InspectionInspector.school_id == visit.school_id,
                InspectionInspector.inspection_id == visit.id,
                InspectionInspector.person_id == actor.account_id,
            )
        )
        is not None
    )


def my_visits(actor: Actor, *, open_only: bool = True) -> list[tuple[Inspection, str, str]]:
    """The actor's own visits as (visit, school name, plan title), soonest first."""
    query = (
        select(Inspection, School.name, InspectionPlan.title)
        .join(
            InspectionInspector,
            (InspectionInspector.bureau_id == Inspection.bureau_id)
            & (InspectionInspector.school_id == Inspection.school_id)
            & (InspectionInspector.inspection_id == Inspection.id),
        )
        .join(School, (School.bureau_id == Inspection.bureau_id) & (School.id == Inspection.school_id))
        .join(
            InspectionPlan,
            (InspectionPlan.bureau_id == Inspection.bureau_id) & (InspectionPlan.id == Inspection.plan_id),
        )
        .where(InspectionInspector.bureau_id == actor.bureau_id, InspectionInspector.person_id == actor.account_id)
        .order_by(Inspection.scheduled_on, Inspection.id)
    )
    if open_only:
        query = query.where(Inspection.state.in_(rules.OPEN_STATES))
    return [(visit, school, plan) for visit, school, plan in db.session.execute(query)]


def start(actor: Actor, school_id: int, inspection_id: UUID) -> Inspection:
    """Begin a visit; beginning it again changes nothing."""
    visit = get_inspection(actor, school_id, inspection_id, lock=True)
    _require_assigned(actor, visit)
    if visit.state == "planned":
        visit.started_at = now()
        move(actor, visit, "start")
    return visit


def answers_of(visit: Inspection) -> dict[str, InspectionAnswer]:
    rows = db.session.scalars(
        select(InspectionAnswer).where(
            InspectionAnswer.bureau_id == visit.bureau_id,
            InspectionAnswer.school_id == visit.school_id,
            InspectionAnswer.inspection_id == visit.id,
        )
    )
    return {row.item_code: row for row in rows}


def photos_of(visit: Inspection) -> dict[str, list[InspectionPhoto]]:
    photos: dict[str, list[InspectionPhoto]] = {}
    for photo in db.session.scalars(
        select(InspectionPhoto)
        .where(
            InspectionPhoto.bureau_id == visit.bureau_id,
            InspectionPhoto.school_id == visit.school_id,
            InspectionPhoto.inspection_id == visit.id,
        )
        .order_by(InspectionPhoto.id)
    ):
        photos.setdefault(photo.item_code, []).append(photo)
    return photos


def save_answers(
    actor: Actor,
    school_id: int,
    inspection_id: UUID,
    answers: Mapping[str, Any],
    remarks: Mapping[str, str] | None = None,
) -> Inspection:
    """Store answers (scorecards.answers' JSON by item code; None clears one) and remarks, however many at once.

    Saved again they are the same rows: a lost reply may be repeated. Values that the form cannot score are refused
    whole, with every field named `answers.<code>`.
    """
    visit = _open_visit(actor, school_id, inspection_id)
    version = _version(actor, visit)
    given = {code: answer for code, answer in answers.items() if answer is not None}
    scorer = forms.scorer_of(version)
    readable = answers_to_json(read_answers(scorer.form, given))
    scorer.score(read_answers(scorer.form, given))  # refuses what does not fit its rule
    known = {item.code for item in scorer.form.items()}
    unknown = [code for code in (*answers, *(remarks or {})) if code not in known]
    if unknown:
        raise Invalid({f"answers.{unknown[0][:60]}": [_("表单中没有这一项。")]})
    too_long = [code for code, text in (remarks or {}).items() if len(text) > MAX_REMARK]
    if too_long:
        raise Invalid({f"remarks.{too_long[0]}": [_("备注不能超过 %(most)s 字。", most=MAX_REMARK)]})
    _upsert(actor, visit, readable, {code for code in answers if answers[code] is None}, remarks or {})
    return visit


def _upsert(
    actor: Actor, visit: Inspection, readable: Mapping[str, Any], cleared: set[str], remarks: Mapping[str, str]
) -> None:
    codes = [*dict.fromkeys((*readable, *cleared, *remarks))]
    if not codes:
        return
    at = now()
    with_answer = [code for code in codes if code in readable or code in cleared]
    only_remark = [code for code in codes if code not in readable and code not in cleared]
    for group, updates_answer in ((with_answer, True), (only_remark, False)):
        for updates_remark in (True, False):
            part = [code for code in group if (code in remarks) is updates_remark]
            if not part:
                continue
            statement = insert(InspectionAnswer).values(
                [
                    {
                        "bureau_id": visit.bureau_id, "school_id": visit.school_id, "id": new_id(),
                        "inspection_id": visit.id, "item_code": code, "answer": readable.get(code),
                        "remark": remarks.get(code, ""), "answered_at": at, "answered_by": actor.account_id,
                    }
                    for code in part
                ]
            )  # fmt: skip
            changes: dict[str, Any] = {"answered_at": at, "answered_by": actor.account_id}
            if updates_answer:
                changes["answer"] = statement.excluded.answer
            if updates_remark:
                changes["remark"] = statement.excluded.remark
            db.session.execute(
                statement.on_conflict_do_update(
                    index_elements=["bureau_id", "school_id", "inspection_id", "item_code"], set_=changes
                )
            )


def add_photo(
    actor: Actor,
    school_id: int,
    inspection_id: UUID,
    *,
    photo_id: UUID,
    item_code: str,
    attachment_id: UUID,
    taken_at: datetime | None = None,
) -> InspectionPhoto:
    """Hang a stored attachment on an item ("" the whole visit). The same photo id sent twice is one photo."""
    visit = _open_visit(actor, school_id, inspection_id)
    if item_code:
        try:
            forms.form_of(_version(actor, visit)).item(item_code)
        except KeyError:
            raise Invalid({"item_code": [_("表单中没有这一项。")]}) from None
    existing = db.session.get(InspectionPhoto, (actor.bureau_id, school_id, photo_id))
    if existing is not None:
        if (existing.inspection_id, existing.attachment_id) == (visit.id, attachment_id):
            return existing
        raise Conflict(_("这个编号已用于另一张照片。"))
    photo = InspectionPhoto(
        bureau_id=visit.bureau_id, school_id=visit.school_id, id=photo_id, inspection_id=visit.id,
        item_code=item_code, attachment_id=attachment_id, taken_at=taken_at, added_by=actor.account_id,
    )  # fmt: skip
    db.session.add(photo)
    flush(db.session())
    return photo


def remove_photo(actor: Actor, school_id: int, inspection_id: UUID, photo_id: UUID) -> None:
    """Take a photo off again while the visit is open; the attachment itself stays, it may be evidence."""
    visit = _open_visit(actor, school_id, inspection_id)
    photo = db.session.get(InspectionPhoto, (actor.bureau_id, school_id, photo_id))
    if photo is None or photo.inspection_id != visit.id:
        raise NotFound(_("没有这张照片。"))
    db.session.delete(photo)
    flush(db.session())


def preview(actor: Actor, visit: Inspection) -> Result:
    """The score as it stands: unanswered items count as lost, so it can only rise."""
    version = _version(actor, visit)
    scorer = forms.scorer_of(version)
    stored = {code: row.answer for code, row in answers_of(visit).items() if row.answer is not None}
    return scorer.score(read_answers(scorer.form, stored), _tags(visit))


def submit(
    actor: Actor,
    school_id: int,
    inspection_id: UUID,
    *,
    answers: Mapping[str, Any] | None = None,
    remarks: Mapping[str, str] | None = None,
    met_by: str = "",
    remark: str = "",
) -> InspectionResult:
    """Close the visit: last answers stored, the official score computed here, result and account written.

    A submission repeated after a lost reply returns the result that stands. Unanswered items are refused by name.
    """
    visit = get_inspection(actor, school_id, inspection_id, lock=True)
    _require_assigned(actor, visit)
    if visit.state in ("submitted", "released"):
        result = db.session.get(InspectionResult, (actor.bureau_id, school_id, visit.id))
        if result is not None:
            return result
    if visit.state == "planned":
        visit.started_at = now()
        move(actor, visit, "start")
    if answers or remarks:
        save_answers(actor, school_id, inspection_id, answers or {}, remarks)
    if visit.state != "in_progress":
        raise RuleBroken("visit_state", _("这次检查已不能提交。"))
    version = _version(actor, visit)
    scorer = forms.scorer_of(version)
    rows = answers_of(visit)
    stored = {code: row.answer for code, row in rows.items() if row.answer is not None}
    outcome = scorer.score(read_answers(scorer.form, stored), _tags(visit))
    if not outcome.complete:
        raise Invalid({f"answers.{code}": [_("这一项还没有填写。")] for code in outcome.missing})
    visit.met_by = met_by or visit.met_by
    visit.remark = remark or visit.remark
    visit.submitted_at = now()
    result = _write_result(actor, visit, version, outcome, stored, rows)
    move(actor, visit, "submit")
    plan = db.session.get(InspectionPlan, (visit.bureau_id, visit.plan_id))
    if plan is not None and plan.releases_on_submit:
        release_visit(actor, visit, result)
    flush(db.session())
    return result


def _write_result(
    actor: Actor,
    visit: Inspection,
    version: FormVersion,
    outcome: Result,
    stored: Mapping[str, Any],
    rows: Mapping[str, InspectionAnswer],
) -> InspectionResult:
    school = db.session.get(School, (visit.bureau_id, visit.school_id))
    if school is None:
        raise NotFound(_("没有这所学校。"))
    document = result_to_json(outcome)
    photos = {code: [str(photo.attachment_id) for photo in group] for code, group in photos_of(visit).items()}
    document["sections_account"] = rules.enriched_account(
        document.pop("account"), version.form, {code: row.remark for code, row in rows.items()}, photos, stored
    )
    document["visit_photos"] = photos.get("", [])
    document["form_title"] = version.form["title"]
    document["form_digest"] = version.digest
    result = db.session.get(InspectionResult, (visit.bureau_id, visit.school_id, visit.id))
    if result is None:
        result = InspectionResult(bureau_id=visit.bureau_id, school_id=visit.school_id, id=visit.id)
        db.session.add(result)
    result.plan_id = visit.plan_id
    result.form_version_id = visit.form_version_id
    result.kind = visit.kind
    result.stage, result.is_boarding, result.zone_id = school.stage, school.is_boarding, school.zone_id
    result.score, result.maximum, result.percent = outcome.score, outcome.maximum, outcome.percent
    result.band, result.verdict = outcome.band, outcome.verdict
    result.account = document
    result.submitted_at = visit.submitted_at or now()
    flush(db.session())
    _write_losses(visit, outcome)
    return result


def _write_losses(visit: Inspection, outcome: Result) -> None:
    db.session.execute(
        delete(InspectionLoss).where(
            InspectionLoss.bureau_id == visit.bureau_id,
            InspectionLoss.school_id == visit.school_id,
            InspectionLoss.inspection_id == visit.id,
        )
    )
    lost = [
        {
            "bureau_id": visit.bureau_id, "school_id": visit.school_id, "id": new_id(), "inspection_id": visit.id,
            "plan_id": visit.plan_id, "item_code": line.code, "lost": line.lost or Decimal(0),
        }
        for line in outcome.account
        if line.lost > 0 or line.reason in ("failed", "found")
    ]  # fmt: skip
    if lost:
        db.session.execute(insert(InspectionLoss), lost)


def release_visit(actor: Actor, visit: Inspection, result: InspectionResult) -> None:
    """From here on the school sees the visit, its result and its photos."""
    visit.released_at = now()
    result.released_at = visit.released_at
    move(actor, visit, "release")
    shown = [photo.attachment_id for group in photos_of(visit).values() for photo in group]
    if shown:
        db.session.execute(
            update(Attachment)
            .where(
                Attachment.bureau_id == visit.bureau_id,
                Attachment.school_id == visit.school_id,
                Attachment.id.in_(shown),
            )
            .values(hidden_from_school=False)
        )


def move(actor: Actor, visit: Inspection, event: str, reason: str = "") -> Inspection:
    """Carry out a transition and leave its row."""
    try:
        state = rules.next_state(visit.state, event)
    except rules.NoTransition as error:
        raise RuleBroken("visit_state", _("检查当前状态下不能进行此操作。")) from error
    before, visit.state = visit.state, state
    record_event(actor, visit, event, before, state, reason)
    return visit


def record_event(actor: Actor, visit: Inspection, event: str, before: str, after: str, reason: str = "") -> None:
    db.session.add(
        InspectionEvent(
            bureau_id=visit.bureau_id, school_id=visit.school_id, inspection_id=visit.id, event=event,
            from_state=before, to_state=after, reason=reason, by=actor.account_id,
        )
    )  # fmt: skip


def _open_visit(actor: Actor, school_id: int, inspection_id: UUID) -> Inspection:
    visit = get_inspection(actor, school_id, inspection_id, lock=True)
    _require_assigned(actor, visit)
    if visit.state == "planned":
        visit.started_at = now()
        move(actor, visit, "start")
    if visit.state != "in_progress":
        raise RuleBroken("visit_state", _("这次检查已提交或取消，不能再修改。"))
    return visit


def _require_assigned(actor: Actor, visit: Inspection) -> None:
    if "system" not in actor.roles and not is_assigned(actor, visit):
        raise Denied("bureau:inspection:fill", _("这次检查没有分配给您。"))


def _version(actor: Actor, visit: Inspection) -> FormVersion:
    return forms.get_version(actor, visit.form_version_id)


def _tags(visit: Inspection) -> frozenset[str]:
    school = db.session.get(School, (visit.bureau_id, visit.school_id))
    if school is None:
        return frozenset()
    return rules.applicability_tags({"is_boarding": school.is_boarding, "canteen_mode": school.canteen_mode})
