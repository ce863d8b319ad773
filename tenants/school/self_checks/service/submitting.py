"""A check is handed in: the service scores it, with the school as it is today, and keeps what was decided."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from flask_babel import gettext as _

from bureau.inspections import rules as visit_rules
from bureau.inspections.service import answering, submitting
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush
from kernel.errors import Denied, Invalid
from kernel.web.dates import SHANGHAI
from school.self_checks.models import SelfCheck
from school.self_checks.permissions import Permission
from school.self_checks.service import reading
from school.self_checks.service.schedules import get_schedule, may_do
from scorecards import service as forms
from scorecards.engine import Scorer
from scorecards.problems import AnswersInvalid
from scorecards.result import Result


def preview(actor: Actor, check: SelfCheck) -> Result:
    """The score as it stands: what is open counts as lost, so it can only rise."""
    scorer = forms.scorer_of(reading.version_of(actor, check))
    return _score(scorer, _inputs(scorer, check, reading.stored_answers(reading.answers_of(check))))


def _inputs(scorer: Scorer, check: SelfCheck, answers: dict[str, Any]) -> dict[str, Any]:
    school = reading.school_of(check)
    return {
        "answers": visit_rules.counting_answers(scorer.form, answers, check.units),
        "tags": sorted(reading.tags_of(school)),
        "parameters": reading.parameters_of(check, school),
        "units": check.units,
    }


def _score(scorer: Scorer, inputs: dict[str, Any]) -> Result:
    try:
        return submitting.score_inputs(scorer, inputs)
    except AnswersInvalid as error:
        raise Invalid(answering.problem_fields(error)) from error


def submit(actor: Actor, check_id: UUID, remark: str = "", *, at: datetime | None = None) -> SelfCheck:
    """Submitted again (a reply was lost, a button pressed twice) it stays as it was decided. What is still open is
    refused by name. `at`: when it happened, if not now."""
    check = reading.get_check(actor, actor.own_school_id(), check_id, lock=True)
    if check.state == "submitted":
        return check
    if check.schedule_id is not None and not may_do(actor, get_schedule(actor, check.school_id, check.schedule_id)):
        raise Denied(Permission.FILL, _("这项自查由其他岗位填写。"))
    version = reading.version_of(actor, check)
    scorer = forms.scorer_of(version)
    rows = reading.answers_of(check)
    inputs = _inputs(scorer, check, reading.stored_answers(rows))
    outcome = _score(scorer, inputs)
    if not outcome.complete:
        raise Invalid(open_fields(outcome))
    at = at or now()
    check.account = submitting.account_document(
        version, outcome, inputs, {key: row.remark for key, row in rows.items()}, cast(Any, reading.photos_of(check))
    )
    check.score, check.maximum, check.percent = outcome.score, outcome.maximum, outcome.percent
    check.band, check.verdict = outcome.band, outcome.verdict
    check.found_nothing = not any(line.lost > 0 or line.reason in ("failed", "found") for line in outcome.account)
    check.remark = remark
    check.state, check.submitted_at, check.submitted_on = "submitted", at, at.astimezone(SHANGHAI).date()
    check.submitted_by, check.submitted_by_name = actor.account_id, actor.display_name
    flush(db.session())
    return check


def open_fields(outcome: Result) -> dict[str, list[str]]:
    """What a submission still wants: field ("answers.<key>", "units.<section>") → messages."""
    wanted = {f"answers.{key}": [_("这一项还没有填写。")] for key in outcome.missing}
    for place, count in outcome.missing_units.items():
        wanted[f"units.{place}"] = [_("还要检查 %(count)s 个房间（窗口）。", count=count)]
    for name in outcome.missing_parameters:
        wanted.setdefault(f"parameters.{name}", [_("请填写这个数值。")])
    return wanted
