"""What each database role may do with bids, openings, letters and awards: tried as that role, column by column. Whatever
the service forgets, these walls hold."""

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import ProgrammingError

from bureau.agreements.stage_models import MiniCompetition
from bureau.awards.models import AwardLetter, AwardProcedure, LotAward, PassedOver
from bureau.bids.models import (
    Bid,
    BidSubmission,
    BidTrace,
    BidUpload,
    OfficerKey,
    OpenedBid,
    OpenedBidFile,
    OpenedBidItem,
    Opening,
    OpeningOfficer,
    OpeningPresence,
    OpeningShare,
)
from bureau.collusion.models import CollusionSign
from bureau.evaluation.models import EvaluationReport
from bureau.roles import Role
from kernel.database import db
from kernel.database.scope import IDENTITY, RUNTIME_ROLES, Scope, use_scope
from tests.support import bids, tenders

ROLES = tuple(role.removeprefix("houqin_") for role in RUNTIME_ROLES)
ALL = "all columns"

# (table, role) → the columns it may update. A role that is not named may update none.
UPDATES = {
    (Bid, "supplier"): {"state", "reason", "withdrawal", "version"},
    (Bid, "bureau"): {"state", "reason", "reason_article", "version"},
    (Bid, "operator"): {"is_disclosed"},
    (BidSubmission, "supplier"): {"state"},
    (BidSubmission, "operator"): {"is_disclosed"},
    (BidTrace, "operator"): {"is_disclosed"},
    (OfficerKey, "bureau"): {"state", "confirmed_at", "version"},
    (OpeningOfficer, "bureau"): {"confirmed_at", "is_public", "version"},
    (Opening, "bureau"): {"state", "opened_at", "minutes", "version"},
    (AwardLetter, "bureau"): {"withdrawn_at", "withdrawn_reason"},
    (AwardLetter, "supplier"): {"read_at"},
    (LotAward, "bureau"): {
        "place", "state", "cancel_asked_at", "cancel_asked_by", "cancel_asked_by_name", "cancel_code", "cancel_reason",
        "cancelled_at", "cancelled_by", "version",
    },
    (PassedOver, "bureau"): {"void_at"},
    (EvaluationReport, "bureau"): {"state", "signed_at", "version"},
    (CollusionSign, "bureau"): {"state", "reason", "decided_at", "decided_by", "version"},
}  # fmt: skip
WITHOUT_MINUTES = {
    "bureau_id", "id", "state", "closed_at", "hashes", "hashes_sha256", "opened_at", "created_at", "created_by", "version",
}  # fmt: skip
# (table, role) → the columns it may read. A role that is not named may read none.
READS = {
    (Bid, "supplier"): ALL, (Bid, "bureau"): ALL, (Bid, "operator"): ALL,
    (BidSubmission, "supplier"): ALL, (BidSubmission, "bureau"): ALL, (BidSubmission, "operator"): ALL,
    (BidTrace, "bureau"): ALL, (BidTrace, "operator"): ALL,
    (BidUpload, "supplier"): ALL, (BidUpload, "operator"): ALL,
    (OfficerKey, "bureau"): ALL,
    (OpeningOfficer, "bureau"): ALL, (OpeningOfficer, "supplier"): ALL,
    (Opening, "bureau"): ALL, (Opening, "supplier"): WITHOUT_MINUTES, (Opening, "identity"): WITHOUT_MINUTES,
    (OpeningPresence, "bureau"): ALL, (OpeningShare, "bureau"): ALL,
    (OpenedBid, "bureau"): ALL, (OpenedBid, "supplier"): ALL,
    (OpenedBidItem, "bureau"): ALL, (OpenedBidItem, "supplier"): ALL,
    (OpenedBidFile, "bureau"): ALL, (OpenedBidFile, "supplier"): ALL,
    (AwardLetter, "bureau"): ALL, (AwardLetter, "supplier"): ALL,
    (LotAward, "bureau"): ALL, (AwardProcedure, "bureau"): ALL, (PassedOver, "bureau"): ALL,
    (EvaluationReport, "bureau"): ALL, (CollusionSign, "bureau"): ALL,
}  # fmt: skip
DELETES = {(BidUpload, "operator"), (OpeningOfficer, "bureau")}
TABLES = tuple(dict.fromkeys(model for model, _role in READS))


def columns(model):
    return {column.name for column in inspect(model).columns}


def granted(model, role, statement):
    """Columns with which `statement` (of one column) is not refused for want of a right."""
    use_scope(db.session(), Scope(f"houqin_{role}"))
    found = set()
    for name in columns(model):
        try:
            with db.session.begin_nested():
                db.session.execute(text(statement.format(table=model.__tablename__, column=name)))
        except ProgrammingError as error:
            if "permission denied" not in str(error):
                raise
        else:
            found.add(name)
    return found


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__tablename__)
def test_a_role_reads_changes_and_deletes_what_it_must_and_no_more(session, model, role):
    reads = READS.get((model, role), set())
    assert granted(model, role, "SELECT {column} FROM {table} WHERE false") == (
        columns(model) if reads == ALL else reads
    )
    assert granted(model, role, "UPDATE {table} SET {column} = {column} WHERE false") == UPDATES.get(
        (model, role), set()
    ) | (columns(model) if (model, role) == (AwardProcedure, "bureau") else set())
    try:
        with db.session.begin_nested():
            db.session.execute(text(f"DELETE FROM {model.__tablename__}"))
        deletes = True
    except ProgrammingError:
        deletes = False
    assert deletes == ((model, role) in DELETES)


def test_a_supplier_reads_all_of_a_mini_competition_but_how_it_was_decided(session):
    found = granted(MiniCompetition, "supplier", "SELECT {column} FROM {table} WHERE false")
    assert columns(MiniCompetition) - found == {"account"}
    assert granted(MiniCompetition, "supplier", "UPDATE {table} SET {column} = {column} WHERE false") == set()


def test_what_is_said_to_be_append_only_is_changed_by_no_role(session):
    """As the models' own words say it, in every module."""
    appended = {
        mapper.class_.__tablename__
        for mapper in db.Model.registry.mappers
        if "ppend-only" in (mapper.class_.__doc__ or "")
    }
    use_scope(db.session(), IDENTITY)
    rows = db.session.execute(
        text(
            "SELECT c.relname, r.role FROM pg_class c CROSS JOIN unnest(cast(:roles AS text[])) AS r(role)"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (:tables)"
            " AND (has_any_column_privilege(r.role, c.oid, 'UPDATE') OR has_table_privilege(r.role, c.oid, 'DELETE, TRUNCATE'))"
        ),
        {"roles": list(RUNTIME_ROLES), "tables": sorted(appended)},
    )
    assert [tuple(row) for row in rows] == []
    assert {"tender_events", "opening_presences", "collusion_decisions"} <= appended


# ---- rows ----


def changed(scope, statement, **values):
    """Rows that `statement` changed; row-level security's refusal of a new value is told as -1."""
    use_scope(db.session(), scope)
    try:
        with db.session.begin_nested():
            return db.session.execute(text(statement), values).rowcount
    except ProgrammingError as error:
        if "row-level security" not in str(error):
            raise
        return -1


def test_a_bidder_can_take_its_bid_back_and_do_nothing_else_with_it(tendered):
    (row,) = bids.submit_all(tendered.lots[0], [(tendered.bidders[0], 2000)])
    own, other = (tendered.bidders[number].actor.scope for number in (0, 1))
    become = "UPDATE bids SET state = :state WHERE id = :id"
    version = "UPDATE bid_submissions SET state = :state WHERE id = :id"
    assert changed(other, become, id=row.bid_id, state="withdrawn") == 0
    assert [changed(own, become, id=row.bid_id, state=state) for state in ("opened", "qualified", "won")] == [-1] * 3
    assert changed(own, version, id=row.id, state="current") == -1
    assert changed(own, version, id=row.id, state="replaced") == 1
    # Taken back is taken back: no version becomes the current one again.
    assert changed(own, version, id=row.id, state="current") == 0
    assert changed(own, become, id=row.bid_id, state="withdrawn") == 1
    assert changed(own, become, id=row.bid_id, state="sealed") == 0


def test_after_the_disclosure_the_bidder_changes_nothing_and_the_bureau_its_finding_alone(tendered):
    rows = bids.submit_all(tendered.lots[0], [(one, 2000) for one in tendered.bidders[:3]])
    bureau = tendered.world.actor(Role.PROCUREMENT_OFFICER).scope
    judge = "UPDATE bids SET state = 'invalid', reason = 'x' WHERE id = :id"
    assert changed(bureau, judge, id=rows[0].bid_id) == 0  # before the deadline there is nothing to change
    tendered.close()
    own = tendered.bidders[0].actor.scope
    assert changed(own, "UPDATE bids SET state = 'withdrawn' WHERE id = :id", id=rows[0].bid_id) == 0
    assert changed(own, "UPDATE bid_submissions SET state = 'withdrawn' WHERE id = :id", id=rows[0].id) == 0
    assert changed(bureau, judge, id=rows[0].bid_id) == 1


def test_nothing_is_sealed_in_a_later_state_or_as_already_disclosed(tendered):
    (row,) = bids.submit_all(tendered.lots[0], [(tendered.bidders[0], 2000)])
    tender, lot = tendered.tender_id, tendered.lots[0].id
    one = tendered.bidders[1].actor
    insert = (
        "INSERT INTO bids (bureau_id, id, tender_id, lot_id, supplier_id, state, is_disclosed, reason, reason_article,"
        " created_at, created_by, version) VALUES (:bureau, gen_random_uuid(), :tender, :lot, :supplier, :state, :shown,"
        " '', '', now(), :supplier, 1)"
    )
    values = {"bureau": one.bureau_id, "tender": tender, "lot": lot, "supplier": one.own_supplier_id()}
    assert changed(one.scope, insert, **values, state="qualified", shown=False) == -1
    assert changed(one.scope, insert, **values, state="sealed", shown=True) == -1
    assert changed(one.scope, insert, **{**values, "supplier": row.supplier_id}, state="sealed", shown=False) == -1
    assert changed(one.scope, insert, **values, state="sealed", shown=False) == 1


def test_officers_of_a_published_tender_stay(tendered):
    made = tenders.reviewed(tendered.world)
    bids.appoint(tendered.world, made.id)
    bureau = tendered.world.actor(Role.PROCUREMENT_OFFICER).scope
    remove = "DELETE FROM opening_officers WHERE tender_id = :tender"
    assert changed(bureau, remove, tender=tendered.tender_id) == 0
    assert changed(bureau, remove, tender=made.id) == 3


def test_the_world_reads_the_list_of_hashes_and_never_the_minutes(tendered):
    bids.submit_all(tendered.lots[0], [(one, 2000) for one in tendered.bidders[:3]])
    tendered.close()
    for scope in (IDENTITY, tendered.bidders[3].actor.scope):
        use_scope(db.session(), scope)
        assert db.session.execute(text("SELECT hashes_sha256 FROM openings")).scalar_one()
        with pytest.raises(ProgrammingError, match="permission denied"), db.session.begin_nested():
            db.session.execute(text("SELECT minutes FROM openings"))
