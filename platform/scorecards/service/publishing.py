"""From draft to published, and out of use."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _

from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import RuleBroken
from scorecards import doctor
from scorecards.doctor_text import finding_text, where_text
from scorecards.finding import Finding
from scorecards.form import Item
from scorecards.models import FormTemplate, FormVersion
from scorecards.service.findings import as_finding, of_import
from scorecards.service.reading import form_of, get_template, get_version

MOST_NAMED = 5  # in one refusal; the page shows them all


@dataclass(frozen=True, slots=True)
class OpenQuestions:
    """What keeps a draft from being published. `errors`: the doctor's and the import's."""

    undecided: Sequence[Item]
    unconfirmed: Sequence[Item]
    errors: Sequence[Finding]

    def __bool__(self) -> bool:
        return bool(self.undecided or self.unconfirmed or self.errors)


def open_questions(version: FormVersion) -> OpenQuestions:
    """Nobody is scored by a rule that no person has seen: a proposal counts as open until it is confirmed."""
    form = form_of(version)
    items = list(form.items())
    imported = [as_finding(one) for one in version.findings if of_import(one)]
    errors = [finding for finding in (*imported, *doctor.check(form)) if finding.severity == "error"]
    return OpenQuestions(
        undecided=[item for item in items if item.review == "decide"],
        unconfirmed=[item for item in items if item.review == "confirm"],
        errors=errors,
    )


def publish(actor: Actor, version_id: UUID, seen: int | None) -> FormVersion:
    """Open a draft for use; from here on it never changes."""
    version = get_version(actor, version_id)
    if version.state == "published":
        return version  # a second click
    require_version(version, seen)
    _refuse_while_open(open_questions(version))
    template = get_template(actor, version.template_id, lock=True)
    if template.state == "retired":
        raise RuleBroken("form_retired", _("这份评分表已停用，恢复使用后才能发布新版本。"))
    template.title = form_of(version).title
    version.state = "published"
    version.published_at = now()
    version.published_by = actor.account_id
    flush(db.session())
    return version


def _refuse_while_open(questions: OpenQuestions) -> None:
    if questions.undecided:
        items = _numbers(questions.undecided)
        raise RuleBroken("form_review", _("不能发布：%(items)s的计分规则还没有人确定。", items=items))
    if questions.unconfirmed:
        items = _numbers(questions.unconfirmed)
        raise RuleBroken("form_review", _("不能发布：%(items)s的计分规则还没有人确认。", items=items))
    if questions.errors:
        named = "；".join(f"{where_text(one)}：{finding_text(one)}" for one in questions.errors[:MOST_NAMED])
        count = len(questions.errors)
        raise RuleBroken(
            "form_errors", _("不能发布：检查发现 %(count)s 处错误，请改正或核对。%(named)s", count=count, named=named)
        )


def _numbers(items: Sequence[Item]) -> str:
    numbers = "、".join(item.no or item.code for item in items[:10])
    if len(items) > 10:
        return _("第 %(numbers)s 条等 %(count)s 条", numbers=numbers, count=len(items))
    return _("第 %(numbers)s 条", numbers=numbers)


def retire_template(actor: Actor, template_id: UUID, seen: int | None, *, retired: bool = True) -> FormTemplate:
    """No further plans with it; visits under way keep their version."""
    template = get_template(actor, template_id, lock=True)
    wanted = "retired" if retired else "active"
    if template.state == wanted:
        return template  # a second click
    require_version(template, seen)
    template.state = wanted
    flush(db.session())
    return template
