"""A tender whose report waits for signatures, judged by the world's own expert; and what two bidders have to answer."""

from datetime import timedelta
from typing import Any

from bureau.bids.models import OpenedBidFile
from bureau.evaluation.models import AbnormalReview, PriceCorrection, ReEvaluation
from bureau.evaluation.service import committee, experts, facts, reporting
from bureau.roles import Role
from kernel.actor import SYSTEM_ACCOUNT, system_actor
from kernel.database import db, new_id, now
from kernel.database.scope import use_scope
from kernel.files.service import store
from kernel.web.dates import today
from tests.support import opened
from tests.support.samples import Sample
from tests.support.tenders import PDF

_JUDGED: dict[int, opened.Opened] = {}


def _judged(world: Any, place: str) -> opened.Opened:
    """One for each bureau; made anew where the last test's was rolled back."""
    bureau_id = world.bureaus[place[0]]
    found = _JUDGED.get(bureau_id)
    use_scope(db.session(), system_actor(bureau_id).scope)
    if found is None or facts.find_committee(system_actor(bureau_id), found.id) is None:
        found = opened.judged(world, "consensus", place=place[0], lots=1)
        reporting.make(opened.act(opened.seats(found)[0][1]), found.id)
        _JUDGED[bureau_id] = found
    use_scope(db.session(), system_actor(bureau_id).scope)
    return found


def _bid_of(world: Any, place: str) -> tuple[opened.Opened, Any, Any]:
    """The bid of the place's own company: a1 and a2 stand for two of them."""
    found = _judged(world, place)
    number = 1 if place == "a2" else 0
    return found, found.bids[found.lot][number], found.bidders[number].own_supplier_id()


def _correction(world: Any, place: str) -> Any:
    found, bid_id, supplier_id = _bid_of(world, place)
    row = PriceCorrection(
        bureau_id=found.made.bureau_id, id=new_id(), tender_id=found.id, lot_id=found.lot, bid_id=bid_id,
        supplier_id=supplier_id, read_fen=100, corrected_fen=200, asked_at=now(), deadline=now() + timedelta(hours=1),
        steps=[{"code": "words", "article": "演示", "subject": "total", "item": "", "tender_item_id": None,
                "before": 100, "after": 200}],
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


def _explanation(world: Any, place: str) -> Any:
    found, bid_id, supplier_id = _bid_of(world, place)
    row = AbnormalReview(
        bureau_id=found.made.bureau_id, id=new_id(), tender_id=found.id, lot_id=found.lot, bid_id=bid_id,
        supplier_id=supplier_id, reasons=[{"code": "below_next", "article": "演示", "ratio": "50"}], asked_at=now(),
        deadline=now() + timedelta(hours=1), created_by=SYSTEM_ACCOUNT,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


def _file(world: Any, place: str) -> Any:
    found = _judged(world, place)
    actor = system_actor(found.made.bureau_id)
    attachment = store(actor, PDF, name="演示.pdf", purpose="bid_file")
    row = OpenedBidFile(
        bureau_id=found.made.bureau_id, id=new_id(), bid_id=found.bids[found.lot][0],
        supplier_id=found.bidders[0].own_supplier_id(), file_key=new_id().hex, attachment_id=attachment.id,
        name="演示.pdf", sha256=attachment.sha256, size=attachment.size,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


def _expert(world: Any, place: str) -> Any:
    _judged(world, place)
    return world.actor(Role.COMMITTEE_EXPERT, place[0]).account_id


def _interest(world: Any, place: str) -> Any:
    expert_id = _expert(world, place)
    actor = system_actor(world.bureaus[place[0]])
    return experts.declare_interest(
        actor, new_id(), expert_id=expert_id, supplier_id=world.supplier_id(place[0]), kind="other",
        valid_from=today(),
    ).id  # fmt: skip


def _committee(world: Any, place: str) -> Any:
    return facts.committee_of(system_actor(world.bureaus[place[0]]), _judged(world, place).id)


def _published(world: Any, place: str) -> Any:
    row = _committee(world, place)
    committee.disclose(system_actor(row.bureau_id), row.tender_id)
    return row.id


def _re_evaluation(world: Any, place: str) -> Any:
    """One that was taken back: it leaves the tender where it is."""
    found = _judged(world, place)
    actor = system_actor(world.bureaus[place[0]])
    row = ReEvaluation(
        bureau_id=actor.bureau_id, id=new_id(), tender_id=found.id, state="withdrawn", reason_code="extreme",
        finding="演示", from_state="report", needs_second=False, created_by=actor.account_id,
        created_by_name=actor.display_name,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


SAMPLES = {
    "judged_tender_id": Sample(lambda world, place: _judged(world, place).id, owner="bureau"),
    "judged_lot_id": Sample(lambda world, place: _judged(world, place).lot, owner="bureau"),
    "judged_bid_id": Sample(lambda world, place: _judged(world, place).bids[_judged(world, place).lot][0], "bureau"),
    "public_committee_id": Sample(lambda world, place: _committee(world, place).id, owner="bureau"),
    "published_committee_id": Sample(_published, owner="bureau"),
    "re_evaluation_id": Sample(_re_evaluation, owner="bureau"),
    "committee_id": Sample(lambda world, place: new_id(), owner="bureau"),
    "rescoring_id": Sample(lambda world, place: new_id(), owner="bureau"),
    "expert_id": Sample(_expert, owner="bureau"),
    "expert_interest_id": Sample(_interest, owner="bureau"),
    "correction_id": Sample(_correction, owner="supplier"),
    "explanation_id": Sample(_explanation, owner="supplier"),
    "opened_file_id": Sample(_file, owner="bureau"),
    "seat_number": Sample(lambda world, place: 99, owner="none"),
    "kind": Sample(lambda world, place: "json", owner="none"),
}
