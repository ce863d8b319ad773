from sqlalchemy import select

from bureau.tendering.models import Tender, TenderCriterion, TenderDocument, TenderLot, TenderNotice
from bureau.tendering.service import criteria, documents, questions
from kernel.actor import system_actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from tests.support.samples import Sample
from tests.support.tenders import officer, published, supplier


def _tender(world, place):
    """The bureau's published tender of this test, so that every id of a route belongs to the same one."""
    bureau_id = world.bureaus[place[0]]
    found = db.session.scalar(
        select(Tender.id).where(Tender.bureau_id == bureau_id, Tender.state == "bidding").order_by(Tender.id).limit(1)
    )
    if found is None:
        found = published(world, place[0]).id
        use_scope(db.session(), system_actor(bureau_id).scope)
    return found


def _of(model):
    def make(world, place):
        tender_id = _tender(world, place)
        return db.session.scalar(
            select(model.id).where(model.bureau_id == world.bureaus[place[0]], model.tender_id == tender_id).limit(1)
        )

    return make


def _question(world, place):
    tender_id = _tender(world, place)
    actor = supplier(world, place[0])
    documents.take_documents(actor, tender_id)
    asked = questions.ask(actor, tender_id, new_id(), question="配送时间可否调整？")
    use_scope(db.session(), system_actor(actor.bureau_id).scope)
    return asked.id


def _set(world, place):
    tender_id = _tender(world, place)
    actor = officer(world, place[0])
    return criteria.keep_set(actor, new_id(), tender_id, f"演示模板 {new_id().hex[-8:]}").id


SAMPLES = {
    "tender_id": Sample(_tender, owner="bureau"),
    "new_tender_id": Sample(lambda world, place: new_id(), owner="none"),
    "tender_lot_id": Sample(_of(TenderLot), owner="bureau"),
    "criterion_id": Sample(_of(TenderCriterion), owner="bureau"),
    "tender_document_id": Sample(_of(TenderDocument), owner="bureau"),
    "tender_notice_id": Sample(_of(TenderNotice), owner="bureau"),
    "tender_question_id": Sample(_question, owner="bureau"),
    "criteria_set_id": Sample(_set, owner="bureau"),
}
