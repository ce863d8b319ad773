"""The three who can open a tender's bids, two of them together: named while the tender is drafted, fixed when it is
published, because bids are then sealed for exactly their keys."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select

from bureau.bids import labels
from bureau.bids.models import SEATS, OfficerKey, OpeningOfficer
from bureau.bids.permissions import SEAT_ROLES
from bureau.bids.service import keys
from bureau.tendering.models import Tender
from bureau.tendering.rules.report import Finding
from bureau.tendering.rules.states import DRAFTING
from bureau.tendering.service import reading
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.errors import Conflict, Invalid, NotFound
from kernel.identity.holders import in_force
from kernel.identity.models import Membership, Person

CITATION = "《政府采购货物和服务招标投标管理办法》（财政部令第87号）第三十三、三十九、四十条"


def officers_of(bureau_id: int, tender_id: UUID) -> list[OpeningOfficer]:
    """In the order of seats."""
    rows = db.session.scalars(
        select(OpeningOfficer).where(OpeningOfficer.bureau_id == bureau_id, OpeningOfficer.tender_id == tender_id)
    )
    return sorted(rows, key=lambda row: SEATS.index(row.seat))


def recipients(bureau_id: int, tender_id: UUID) -> dict[str, str]:
    """Seat → age recipient, as every bid of this tender must be sealed."""
    return {row.seat: row.recipient for row in officers_of(bureau_id, tender_id)}


def names_of(actor: Actor, person_ids: Sequence[UUID]) -> dict[UUID, str]:
    rows = db.session.execute(
        select(Person.id, Person.display_name).where(Person.bureau_id == actor.bureau_id, Person.id.in_(person_ids))
    )
    return {row.id: row.display_name for row in rows}


def candidates(actor: Actor) -> dict[str, list[tuple[UUID, str, OfficerKey | None]]]:
    """Seat → who may take it: (person, name, live key or None), by name."""
    found = {}
    live = {
        key.person_id: key
        for key in db.session.scalars(
            select(OfficerKey).where(OfficerKey.bureau_id == actor.bureau_id, OfficerKey.state == "active")
        )
    }
    for seat, roles in SEAT_ROLES.items():
        rows = db.session.execute(
            select(Person.id, Person.display_name)
            .join(Membership, (Membership.bureau_id == Person.bureau_id) & (Membership.person_id == Person.id))
            .where(
                Person.bureau_id == actor.bureau_id, Person.state == "active", Membership.level == "bureau",
                Membership.role.in_([str(role) for role in roles]), in_force(),
            )
            .order_by(Person.display_name, Person.id)
            .distinct()
        )  # fmt: skip
        found[seat] = [(person_id, name, live.get(person_id)) for person_id, name in rows]
    return found


def arrange(actor: Actor, tender_id: UUID, people: Mapping[str, UUID]) -> list[OpeningOfficer]:
    """Name all three. Whoever is named anew, or has a new key, must confirm again. Not after publication: bids are
    sealed for the keys that were published."""
    tender = reading.get_tender(actor, tender_id)
    locked = db.session.scalar(
        select(Tender.state).where(Tender.bureau_id == actor.bureau_id, Tender.id == tender.id).with_for_update()
    )
    if locked not in DRAFTING:
        raise Conflict(
            _("招标公告已发布，投标文件按已公布的三把公钥加密，开标人员不能再更换。密钥丢失时由另外两人开标。")
        )
    errors: dict[str, list[str]] = {}
    if set(people) != set(SEATS):
        raise Invalid({"_form": [_("请为三个席位各指定一人。")]})
    possible = candidates(actor)
    chosen: dict[str, OfficerKey] = {}
    for seat, person_id in people.items():
        match = next((one for one in possible[seat] if one[0] == person_id), None)
        if match is None:
            errors[seat] = [_("这个人不能担任“%(seat)s”席位。", seat=labels.SEATS[seat])]
        elif match[2] is None:
            errors[seat] = [_("%(name)s还没有开标密钥，请先由本人建立。", name=match[1])]
        else:
            chosen[seat] = match[2]
    if len(set(people.values())) < len(SEATS):
        errors["_form"] = [_("三个席位必须是三个不同的人。")]
    if errors:
        raise Invalid(errors)
    existing = {row.seat: row for row in officers_of(actor.bureau_id, tender.id)}
    unchanged = {
        seat: row
        for seat, row in existing.items()
        if row.person_id == people[seat] and row.officer_key_id == chosen[seat].id
    }
    gone = [row.id for seat, row in existing.items() if seat not in unchanged]
    if gone:
        db.session.execute(
            delete(OpeningOfficer).where(OpeningOfficer.bureau_id == actor.bureau_id, OpeningOfficer.id.in_(gone)),
            execution_options={"synchronize_session": "fetch"},
        )
    for seat in SEATS:
        if seat not in unchanged:
            db.session.add(
                OpeningOfficer(
                    bureau_id=actor.bureau_id, id=new_id(), tender_id=tender.id, seat=seat, person_id=people[seat],
                    officer_key_id=chosen[seat].id, recipient=chosen[seat].recipient, confirmed_at=None, is_public=False,
                )
            )  # fmt: skip
    db.session.flush()
    return officers_of(actor.bureau_id, tender.id)


def own_seat(actor: Actor, tender_id: UUID) -> OpeningOfficer:
    row = db.session.scalar(
        select(OpeningOfficer).where(
            OpeningOfficer.bureau_id == actor.bureau_id, OpeningOfficer.tender_id == tender_id,
            OpeningOfficer.person_id == actor.account_id,
        )
    )  # fmt: skip
    if row is None:
        raise NotFound(_("您不是这个项目的开标人员。"))
    return row


def seat_key(officer: OpeningOfficer) -> OfficerKey:
    """The key the seat was set up with, even when its holder has a newer one."""
    key = db.session.scalar(
        select(OfficerKey).where(OfficerKey.bureau_id == officer.bureau_id, OfficerKey.id == officer.officer_key_id)
    )
    assert key is not None
    return key


def confirm_seat(actor: Actor, tender_id: UUID, token: str, answer: str) -> OpeningOfficer:
    """The officer showed, for this tender, that the passphrase opens the key that the seat was set up with."""
    officer = own_seat(actor, tender_id)
    keys.confirm(actor, officer.officer_key_id, token, answer)
    officer.confirmed_at = now()
    db.session.flush()
    return officer


def seats_of(actor: Actor) -> list[tuple[OpeningOfficer, Tender]]:
    """The tenders at whose opening the actor sits and that are not opened yet."""
    rows = db.session.execute(
        select(OpeningOfficer, Tender)
        .join(Tender, (Tender.bureau_id == OpeningOfficer.bureau_id) & (Tender.id == OpeningOfficer.tender_id))
        .where(
            OpeningOfficer.bureau_id == actor.bureau_id, OpeningOfficer.person_id == actor.account_id,
            Tender.state.in_(("draft", "review", "bidding", "opening")),
        )
        .order_by(Tender.bid_deadline, Tender.id)
    )  # fmt: skip
    return [(officer, tender) for officer, tender in rows]


def findings(actor: Actor, tender: Tender) -> list[Finding]:
    """For the tender's rule report: published without three working keys, its bids could never be opened."""
    rows = officers_of(actor.bureau_id, tender.id)
    confirmed = [row for row in rows if row.confirmed_at is not None and seat_key(row).state != "lost"]
    ok = len(confirmed) == len(SEATS)
    missing = [str(labels.SEATS[seat]) for seat in SEATS if seat not in {row.seat for row in confirmed}]
    text = (
        _("三名开标人员都已确认密钥口令可用。")
        if ok
        else _("开标人员尚未全部指定并确认密钥：%(seats)s。", seats="、".join(missing))
    )
    return [
        Finding(
            "opening_officers", "passed" if ok else "refused", found=str(len(confirmed)), demanded=str(len(SEATS)),
            citation=CITATION, places=tuple(missing), text=text,
        )
    ]  # fmt: skip


def make_public(actor: Actor, tender: Tender) -> None:
    """With the notice: bidders seal for these keys from now on."""
    for row in officers_of(actor.bureau_id, tender.id):
        row.is_public = True
    db.session.flush()
