"""Form templates and versions: imported as a draft, checked, published, from then on unchangeable."""

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, NotFound, RuleBroken
from scorecards import doctor
from scorecards.engine import Scorer
from scorecards.finding import Finding
from scorecards.form import Form
from scorecards.form_json import from_json, to_json
from scorecards.models import FormTemplate, FormVersion


def digest_of(document: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON: equal forms, equal digests, on every machine."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=256)
def _scorer(digest: str, document: str) -> Scorer:
    return Scorer(from_json(json.loads(document)))


def scorer_of(version: FormVersion) -> Scorer:
    """The compiled engine of a version; kept per process, since published versions never change."""
    return _scorer(version.digest, json.dumps(version.form, ensure_ascii=False))


def form_of(version: FormVersion) -> Form:
    return scorer_of(version).form


def import_form(
    actor: Actor,
    form: Form,
    findings: Sequence[Finding] = (),
    *,
    version_id: UUID | None = None,
    template_id: UUID | None = None,
    source_name: str = "",
) -> FormVersion:
    """A new draft: of a new template, or the next version of `template_id`. Sent twice, it is the same draft."""
    document = to_json(form)
    digest = digest_of(document)
    version_id = version_id or new_id()
    existing = db.session.scalar(
        select(FormVersion).where(FormVersion.bureau_id == actor.bureau_id, FormVersion.id == version_id)
    )
    if existing is not None:
        if existing.digest == digest:
            return existing
        raise Conflict(_("这个编号已用于另一份表单。"))
    if template_id is None:
        template = FormTemplate(
            bureau_id=actor.bureau_id, id=new_id(), title=form.title, kind=form.kind, created_by=actor.account_id
        )
        db.session.add(template)
        number = 1
    else:
        template = get_template(actor, template_id, lock=True)
        if template.kind != form.kind:
            raise RuleBroken("form_kind", _("新版本的检查类别与原表单不同，请另建表单。"))
        number = 1 + (
            db.session.scalar(
                select(func.max(FormVersion.number)).where(
                    FormVersion.bureau_id == actor.bureau_id, FormVersion.template_id == template_id
                )
            )
            or 0
        )
    flush(db.session())
    version = FormVersion(
        bureau_id=actor.bureau_id,
        id=version_id,
        template_id=template.id,
        number=number,
        form=document,
        digest=digest,
        item_count=sum(1 for _item in form.items()),
        findings=[finding.to_json() for finding in (*findings, *_unheard(form, findings))],
        source_name=source_name,
        created_by=actor.account_id,
    )
    db.session.add(version)
    flush(db.session())
    return version


def _unheard(form: Form, findings: Sequence[Finding]) -> list[Finding]:
    """What the doctor says beyond what the import said already."""
    return [finding for finding in doctor.check(form) if finding not in findings]


def get_template(actor: Actor, template_id: UUID, *, lock: bool = False) -> FormTemplate:
    query = select(FormTemplate).where(FormTemplate.bureau_id == actor.bureau_id, FormTemplate.id == template_id)
    template = db.session.scalar(query.with_for_update() if lock else query)
    if template is None:
        raise NotFound(_("没有这份表单。"))
    return template


def get_version(actor: Actor, version_id: UUID) -> FormVersion:
    version = db.session.scalar(
        select(FormVersion).where(FormVersion.bureau_id == actor.bureau_id, FormVersion.id == version_id)
    )
    if version is None:
        raise NotFound(_("没有这个表单版本。"))
    return version


def list_templates(actor: Actor, kind: str | None = None) -> list[tuple[FormTemplate, list[FormVersion]]]:
    """Every template of the bureau with its versions, newest first."""
    query = select(FormTemplate).where(FormTemplate.bureau_id == actor.bureau_id)
    if kind:
        query = query.where(FormTemplate.kind == kind)
    templates = list(db.session.scalars(query.order_by(FormTemplate.id.desc())))
    versions: dict[UUID, list[FormVersion]] = {template.id: [] for template in templates}
    for version in db.session.scalars(
        select(FormVersion)
        .where(FormVersion.bureau_id == actor.bureau_id, FormVersion.template_id.in_(versions))
        .order_by(FormVersion.number.desc())
    ):
        versions[version.template_id].append(version)
    return [(template, versions[template.id]) for template in templates]


def published_versions(actor: Actor, kind: str | None = None) -> list[tuple[FormVersion, str]]:
    """What may be planned with: (version, title), newest first, of active templates."""
    query = (
        select(FormVersion, FormTemplate.title)
        .join(
            FormTemplate,
            (FormTemplate.bureau_id == FormVersion.bureau_id) & (FormTemplate.id == FormVersion.template_id),
        )
        .where(
            FormVersion.bureau_id == actor.bureau_id,
            FormVersion.state == "published",
            FormTemplate.state == "active",
        )
        .order_by(FormVersion.published_at.desc())
    )
    if kind:
        query = query.where(FormTemplate.kind == kind)
    return [(version, title) for version, title in db.session.execute(query)]


def edit_draft(actor: Actor, version_id: UUID, form: Form, seen: int | None) -> FormVersion:
    """Replace a draft's content; the doctor looks again."""
    version = get_version(actor, version_id)
    _require_draft(version)
    require_version(version, seen)
    document = to_json(form)
    version.form = document
    version.digest = digest_of(document)
    version.item_count = sum(1 for _item in form.items())
    version.findings = [finding.to_json() for finding in doctor.check(form)]
    flush(db.session())
    return version


def publish(actor: Actor, version_id: UUID, seen: int | None) -> FormVersion:
    """Open a draft for use. Refused while the doctor finds an error or an item waits for a person's decision."""
    version = get_version(actor, version_id)
    if version.state == "published":
        return version  # a second click
    require_version(version, seen)
    form = form_of(version)
    undecided = [item.no for item in form.items() if item.review == "decide"]
    if undecided:
        raise RuleBroken("form_review", _("第 %(items)s 项的评分规则还没有人确认。", items="、".join(undecided[:10])))
    errors = [finding for finding in doctor.check(form) if finding.severity == "error"]
    if errors:
        raise RuleBroken("form_errors", _("表单检查发现 %(count)s 处错误，改正后才能发布。", count=len(errors)))
    version.state = "published"
    version.published_at = now()
    version.published_by = actor.account_id
    flush(db.session())
    return version


def retire_template(actor: Actor, template_id: UUID, seen: int | None, *, retired: bool = True) -> FormTemplate:
    """No further plans with it; visits under way keep their version."""
    template = get_template(actor, template_id, lock=True)
    require_version(template, seen)
    template.state = "retired" if retired else "active"
    flush(db.session())
    return template


def _require_draft(version: FormVersion) -> None:
    if version.state != "draft":
        raise RuleBroken("form_published", _("已发布的版本不能修改，请建立新版本。"))
