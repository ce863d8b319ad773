"""A form comes in as a draft: of a new template, or as the next version of one."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, RuleBroken
from scorecards.doctor_text import finding_text, where_text
from scorecards.finding import Finding
from scorecards.form import Form
from scorecards.form_json import to_json
from scorecards.importing import Imported
from scorecards.models import FormTemplate, FormVersion
from scorecards.service.findings import first_kept
from scorecards.service.reading import get_template
from scorecards.upload import read_all

MAX_SOURCE_NAME = 200


def digest_of(document: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON: equal forms, equal digests, on every machine."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read_file(name: str, data: bytes, table: str | None = None) -> Imported:
    """The form in a file, or of several the one named `table`; Invalid where there is none, or none was named."""
    forms = read_all(name, data)
    names = "、".join(one.name for one in forms)
    if len(forms) > 1 and table is None:
        raise Invalid({"table": [_("文件中有几张表，请指明一张：%(names)s", names=names)]})
    chosen = forms[0] if table is None else next((one for one in forms if one.name == table), None)
    if chosen is None:
        raise Invalid({"table": [_("文件中没有这张表，有：%(names)s", names=names)]})
    if chosen.form is None:
        raise Invalid({"file": [f"{where_text(one)}：{finding_text(one)}" for one in chosen.findings[:100]]})
    return chosen


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
        if existing.digest == digest and template_id in (None, existing.template_id):
            return existing
        raise Conflict(_("这个编号已用于另一份评分表。"), {"version": existing.version})
    template, number = _new_template(actor, form) if template_id is None else _next_of(actor, template_id, form)
    version = FormVersion(
        bureau_id=actor.bureau_id,
        id=version_id,
        template_id=template.id,
        number=number,
        form=document,
        digest=digest,
        item_count=sum(1 for _item in form.items()),
        findings=first_kept(form, findings),
        source_name=source_name[:MAX_SOURCE_NAME],
        created_by=actor.account_id,
    )
    db.session.add(version)
    flush(db.session())
    return version


def _new_template(actor: Actor, form: Form) -> tuple[FormTemplate, int]:
    template = FormTemplate(
        bureau_id=actor.bureau_id, id=new_id(), title=form.title, kind=form.kind, created_by=actor.account_id
    )
    db.session.add(template)
    flush(db.session())
    return template, 1


def _next_of(actor: Actor, template_id: UUID, form: Form) -> tuple[FormTemplate, int]:
    template = get_template(actor, template_id, lock=True)
    if template.kind != form.kind:
        raise RuleBroken("form_kind", _("新版本的检查类别与原评分表不同，请另建评分表。"))
    latest = db.session.scalar(
        select(func.max(FormVersion.number)).where(
            FormVersion.bureau_id == actor.bureau_id, FormVersion.template_id == template_id
        )
    )
    return template, 1 + (latest or 0)


def find_same(actor: Actor, form: Form) -> FormVersion | None:
    """The newest version of this bureau whose content is exactly `form`."""
    return db.session.scalar(
        select(FormVersion)
        .where(FormVersion.bureau_id == actor.bureau_id, FormVersion.digest == digest_of(to_json(form)))
        .order_by(FormVersion.id.desc())
        .limit(1)
    )
