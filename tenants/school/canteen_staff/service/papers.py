"""Certificates of people and licences of the canteen: recorded, voided with a reason, never changed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from kernel.policy.service import effective
from kernel.web.dates import today
from school.canteen_staff import rules
from school.canteen_staff.models import CanteenLicence, StaffPaper
from school.canteen_staff.service.people import HEALTH, get_staff
from school.supply.rules import content_digest, months_later

PURPOSE = "canteen_paper"
Paper = TypeVar("Paper", StaffPaper, CanteenLicence)


def add_paper(
    actor: Actor, paper_id: UUID, *, staff_id: UUID, kind: str, number: str = "", issued_on: date | None = None,
    valid_until: date | None = None, photo_id: UUID | None = None,
) -> tuple[StaffPaper, bool]:  # fmt: skip
    """One certificate of one person. A health certificate without an end holds for the months of the figure from its
    day of issue on; without either day nobody could say whether it holds, which is Invalid."""
    get_staff(actor, actor.own_school_id(), staff_id)
    content = {
        "staff_id": staff_id, "kind": kind, "number": number, "issued_on": issued_on, "valid_until": valid_until,
        "photo_id": photo_id,
    }  # fmt: skip
    if kind == rules.PaperKind.HEALTH and valid_until is None:
        if issued_on is None:
            raise Invalid({"valid_until": [_("请填写发证日期或有效期至。")]})
        months = effective(actor.bureau_id, HEALTH, school_id=actor.school_id).number
        valid_until = months_later(issued_on, int(months))
    return _keep(actor, StaffPaper, paper_id, content, valid_until)


def add_licence(
    actor: Actor, licence_id: UUID, *, kind: str, title: str = "", number: str = "", grade: str = "",
    issued_on: date | None = None, valid_until: date | None = None, photo_id: UUID | None = None,
) -> tuple[CanteenLicence, bool]:  # fmt: skip
    content = {
        "kind": kind, "title": title, "number": number, "grade": grade, "issued_on": issued_on,
        "valid_until": valid_until, "photo_id": photo_id,
    }  # fmt: skip
    if kind == rules.LicenceKind.OTHER and not title:
        raise Invalid({"title": [_("请填写证照名称。")]})
    return _keep(actor, CanteenLicence, licence_id, content, valid_until)


def _keep(
    actor: Actor, model: type[Paper], paper_id: UUID, content: Mapping[str, Any], valid_until: date | None
) -> tuple[Paper, bool]:
    digest = content_digest(content)
    issued_on = content["issued_on"]
    existing = db.session.get(model, (actor.bureau_id, actor.own_school_id(), paper_id))
    if existing is not None:
        if existing.digest != digest:
            raise Conflict(_("同一编号的证件已存在且内容不同。"), {"version": existing.version})
        return existing, False
    if issued_on is not None and issued_on > today():
        raise Invalid({"issued_on": [_("发证日期不能晚于今天。")]})
    if issued_on is not None and valid_until is not None and valid_until < issued_on:
        raise Invalid({"valid_until": [_("有效期早于发证日期。")]})
    paper = model(
        bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=paper_id, digest=digest,
        created_by=actor.account_id, **{**content, "valid_until": valid_until},
    )  # fmt: skip
    db.session.add(paper)
    table = model.__tablename__
    flush(
        db.session,
        {
            f"pk_{table}": Conflict(_("同一编号的证件已存在且内容不同。")),
            f"fk_{table}_bureau_id_school_id_photo_id": Invalid({"photo_id": [_("没有这张照片，请重新上传。")]}),
        },
    )
    return paper, True


def void_paper(actor: Actor, paper_id: UUID, seen: int | None, reason: str) -> StaffPaper:
    return _void(actor, StaffPaper, paper_id, seen, reason)


def void_licence(actor: Actor, licence_id: UUID, seen: int | None, reason: str) -> CanteenLicence:
    return _void(actor, CanteenLicence, licence_id, seen, reason)


def _void(actor: Actor, model: type[Paper], paper_id: UUID, seen: int | None, reason: str) -> Paper:
    paper = db.session.get(model, (actor.bureau_id, actor.own_school_id(), paper_id), with_for_update=True)
    if paper is None:
        raise NotFound(_("没有这份证件。"))
    require_version(paper, seen)
    if paper.voided_at is not None:
        raise Conflict(_("这份证件已经作废。"), {"version": paper.version})
    paper.voided_at, paper.voided_by, paper.void_reason = now(), actor.account_id, reason
    flush(db.session)
    return paper


def get_paper(actor: Actor, school_id: int, paper_id: UUID) -> StaffPaper:
    return _get(actor, school_id, StaffPaper, paper_id)


def get_licence(actor: Actor, school_id: int, licence_id: UUID) -> CanteenLicence:
    return _get(actor, school_id, CanteenLicence, licence_id)


def _get(actor: Actor, school_id: int, model: type[Paper], paper_id: UUID) -> Paper:
    paper = db.session.get(model, (actor.bureau_id, school_id, paper_id))
    if paper is None:
        raise NotFound(_("没有这份证件。"))
    return paper


def list_licences(actor: Actor, school_id: int) -> Sequence[CanteenLicence]:
    """Those that were not voided, by kind, the one that lasts longest first."""
    query = select(CanteenLicence).where(
        CanteenLicence.bureau_id == actor.bureau_id, CanteenLicence.school_id == school_id,
        CanteenLicence.voided_at.is_(None),
    )  # fmt: skip
    order = (CanteenLicence.kind, CanteenLicence.valid_until.desc().nulls_first(), CanteenLicence.id)
    return db.session.scalars(query.order_by(*order)).all()


def licence_standing(licence: CanteenLicence, day: date, warn_days: int) -> rules.Standing:
    return rules.standing(rules.Paper(licence.kind, licence.issued_on, licence.valid_until), day, warn_days)
