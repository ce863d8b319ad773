"""A period's scores, as the bureau publishes them: stored as decided, and for ever to be computed again from their facts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.writing import flush
from kernel.digests import digest
from kernel.errors import Conflict, Invalid, NotFound
from kernel.web.dates import today
from school.supplier_scores import rules
from school.supplier_scores.models import SupplierScore, SupplierScorePublication
from school.supplier_scores.rules import NONE, Counts, Figures
from school.supplier_scores.service import telling
from school.supplier_scores.service.figures import figures_of
from school.supplier_scores.service.gathering import counted, gather, last_gathering, latest_run


@dataclass(frozen=True, slots=True)
class Counted:
    """One supplier's facts of a period: counts by criterion, and the digest of the facts."""

    counts: Mapping[str, Counts]
    digest: str


NOTHING = Counted({}, digest({}))


def publish(actor: Actor, publication_id: UUID, last_day: date) -> SupplierScorePublication:
    """The scores of the months that end with `last_day`, of the facts as last gathered. Sent twice it is one publication.

    Raises Invalid, Conflict (published already), RuleBroken no_facts.
    """
    known = db.session.get(SupplierScorePublication, (actor.bureau_id, publication_id))
    if known is not None and known.last_day == last_day:
        return known
    once = Conflict(_("截至这一天的评分已经公布。"))
    if known is not None or published_until(actor, last_day) is not None:
        raise once
    run = latest_run(actor)
    gathered = last_gathering(actor)
    assert gathered is not None
    first = rules.end_of_last_month(today())
    if not first <= last_day <= gathered.last_day:
        text = _(
            "请选择 %(first)s 至 %(last)s 之间的日期。", first=first.isoformat(), last=gathered.last_day.isoformat()
        )
        raise Invalid({"last_day": [text]})
    figures = figures_of(actor.bureau_id)
    first_day, _last = rules.period_ending(last_day, figures.window_months)
    found = _by_supplier(counted(actor.bureau_id, first_day, last_day, run.number, run.number))
    totals = {name: sum((one.counts.get(name, NONE) for one in found.values()), NONE) for name in rules.CRITERIA}
    publication = SupplierScorePublication(
        bureau_id=actor.bureau_id, id=publication_id, first_day=first_day, last_day=last_day, run=run.number,
        figures=figures.as_json(), totals=rules.counts_as_json(totals),
        answer_until=today() + timedelta(days=figures.answer_days), published_by_name=actor.display_name,
        created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(publication)
    flush(
        db.session(),
        {"uq_supplier_score_publications_bureau_id_last_day": once, "pk_supplier_score_publications": once},
    )
    for supplier_id, one in found.items():
        db.session.add(_scored(publication, supplier_id, one, revision=0, run=run.number))
    flush(db.session())
    telling.tell_published(actor, publication, found)
    return publication


def publish_by_clock(actor: Actor) -> SupplierScorePublication | None:
    """Once a month, up to the end of the last one; None where it was published by hand, or where no supplier delivered."""
    last_day = rules.end_of_last_month(today())
    if published_until(actor, last_day) is not None:
        return None
    run = gather(actor)
    if not any(total for _kept, total in run.totals.values()):
        return None
    return publish(actor, new_id(), last_day)


def _by_supplier(rows: Iterable[Any]) -> dict[UUID, Counted]:
    found: dict[UUID, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        found[row.supplier_id][row.criterion] = row
    return {
        supplier_id: Counted(
            {name: Counts(row.kept, row.total) for name, row in by.items()},
            digest({name: [row.kept, row.total, row.digest] for name, row in by.items()}),
        )
        for supplier_id, by in found.items()
    }


def _scored(
    publication: SupplierScorePublication, supplier_id: UUID, one: Counted, *, revision: int, run: int,
    objection_id: UUID | None = None,
) -> SupplierScore:  # fmt: skip
    made = score_in(publication, one.counts)
    return SupplierScore(
        bureau_id=publication.bureau_id, id=new_id(), publication_id=publication.id, supplier_id=supplier_id,
        revision=revision, run=run, counts=rules.counts_as_json(one.counts), state=made.state,
        points=None if made.points is None else str(made.points), score=made.shown, facts_digest=one.digest,
        objection_id=objection_id,
    )  # fmt: skip


def score_in(publication: SupplierScorePublication, counts: Mapping[str, Counts]) -> rules.Score:
    """By the figures and the bureau's totals as they were published: a fact struck from one supplier moves no other."""
    figures = Figures.from_json(publication.figures)
    return rules.score(counts, rules.counts_from_json(publication.totals), figures)


def score_of(publication: SupplierScorePublication, row: SupplierScore) -> rules.Score:
    return score_in(publication, rules.counts_from_json(row.counts))


def revise(
    actor: Actor, publication: SupplierScorePublication, supplier_id: UUID, run: int, objection_id: UUID
) -> SupplierScore:
    """A fact was struck: the score anew, beside the one before."""
    newest = newest_scores(actor, publication.id, supplier_id)[supplier_id]
    one = recount(publication, supplier_id, run)
    row = _scored(publication, supplier_id, one, revision=newest.revision + 1, run=run, objection_id=objection_id)
    db.session.add(row)
    flush(db.session())
    return row


def recount(publication: SupplierScorePublication, supplier_id: UUID, run: int) -> Counted:
    """What counted in a publication, as of the revision made by `run`, from the facts themselves. The session's scope must
    show them all: the bureau's or the supplier's."""
    rows = counted(
        publication.bureau_id, publication.first_day, publication.last_day, publication.run, run, supplier_id
    )
    return _by_supplier(rows).get(supplier_id, NOTHING)


def recomputes(publication: SupplierScorePublication, row: SupplierScore) -> bool:
    """Whether a published score follows from its facts: the same set, the same counts, the same points."""
    one = recount(publication, row.supplier_id, row.run)
    again = score_in(publication, one.counts)
    points = None if again.points is None else str(again.points)
    return (one.digest, rules.counts_as_json(one.counts), points) == (row.facts_digest, row.counts, row.points)


# --- reading ----------------------------------------------------------------------------------------------------------


def get_publication(actor: Actor, publication_id: UUID) -> SupplierScorePublication:
    """Raises NotFound."""
    row: SupplierScorePublication | None = db.session.get(SupplierScorePublication, (actor.bureau_id, publication_id))
    if row is None:
        raise NotFound(_("没有这次公布。"))
    return row


def published_until(actor: Actor, last_day: date) -> SupplierScorePublication | None:
    query = select(SupplierScorePublication).where(
        SupplierScorePublication.bureau_id == actor.bureau_id, SupplierScorePublication.last_day == last_day
    )
    row: SupplierScorePublication | None = db.session.scalar(query)
    return row


def publications(actor: Actor, most: int = 13) -> list[SupplierScorePublication]:
    """Newest period first."""
    query = select(SupplierScorePublication).where(SupplierScorePublication.bureau_id == actor.bureau_id)
    return list(db.session.scalars(query.order_by(SupplierScorePublication.last_day.desc()).limit(most)))


def newest_scores(actor: Actor, publication_id: UUID, supplier_id: UUID | None = None) -> dict[UUID, SupplierScore]:
    """Supplier → the revision that holds. A supplier sees its own."""
    query = select(SupplierScore).where(
        SupplierScore.bureau_id == actor.bureau_id, SupplierScore.publication_id == publication_id
    )
    if actor.level == "supplier":
        query = query.where(SupplierScore.supplier_id == actor.own_supplier_id())
    if supplier_id is not None:
        query = query.where(SupplierScore.supplier_id == supplier_id)
    return {row.supplier_id: row for row in db.session.scalars(query.order_by(SupplierScore.revision))}


def scores_of(actor: Actor, supplier_id: UUID, most: int = 40) -> list[tuple[SupplierScorePublication, SupplierScore]]:
    """All that was published of one supplier, newest period and revision first."""
    same = (SupplierScorePublication.bureau_id == SupplierScore.bureau_id) & (
        SupplierScorePublication.id == SupplierScore.publication_id
    )
    query = (
        select(SupplierScorePublication, SupplierScore)
        .join(SupplierScore, same)
        .where(SupplierScore.bureau_id == actor.bureau_id, SupplierScore.supplier_id == supplier_id)
        .order_by(SupplierScorePublication.last_day.desc(), SupplierScore.revision.desc())
        .limit(most)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]
