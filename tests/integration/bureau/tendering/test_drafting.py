from datetime import timedelta
from decimal import Decimal

import pytest

from bureau.roles import Role
from bureau.tendering.models import TenderEvent
from bureau.tendering.service import copying, criteria, documents, drafting, notices, public, reading, report, reviewing
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.policy import service as policy
from kernel.web.dates import today
from tests.support import tenders
from tests.support.bids import appoint
from tests.support.tenders import officer, published, ready, reviewed, reviewer


def test_a_draft_begun_twice_is_one_draft(session, world):
    actor = officer(world)
    tender_id = new_id()
    first = drafting.save_tender(actor, tender_id, None, **tenders.values())
    assert drafting.save_tender(actor, tender_id, None, **tenders.values()) is first
    with pytest.raises(Conflict):
        drafting.save_tender(actor, tender_id, None, **tenders.values(title="另一项目"))
    assert first.number.startswith(f"ZB{today().year}-")


def test_a_stale_edit_is_told_how_it_stands(session, world):
    made = ready(world)
    seen = made.tender.version
    drafting.save_tender(officer(world), made.id, seen, **tenders.values(title="甲"))
    with pytest.raises(Conflict) as refusal:
        drafting.save_tender(officer(world), made.id, seen, **tenders.values(title="乙"))
    assert refusal.value.current["title"] == "甲"
    with pytest.raises(Conflict):
        criteria.save_criterion(officer(world), made.id, new_id(), seen, **tenders.CRITERIA[0])


def test_another_bureaus_draft_is_unknown(session, world):
    made = ready(world)
    with pytest.raises(NotFound):
        reading.get_tender(officer(world, "b"), made.id)


def test_items_are_copied_as_the_catalogue_has_them(session, world):
    made = ready(world)
    rice = reading.items_of(officer(world), made.id, made.lots[0])[0]
    assert (rice.name, rice.specification, rice.standard, rice.unit) == ("粳米", "一级", "GB/T 1354", "kg")
    assert rice.item_version_id is not None
    with pytest.raises(Invalid) as refusal:
        drafting.save_lot(
            officer(world), made.id, made.lots[0], made.tender.version, title="一包",
            items=[{"item_id": new_id(), "quantity": 1}, {"item_id": made.stocked.rice, "quantity": 1, "unit": "桶"}],
        )  # fmt: skip
    assert set(refusal.value.fields) == {"items.0.item_id", "items.1.unit"}


def test_a_lot_removed_moves_the_later_ones_up(session, world):
    made = ready(world)
    drafting.remove_lot(officer(world), made.id, made.lots[0], made.tender.version)
    assert [(lot.number, lot.title) for lot in reading.lots_of(officer(world), made.id)] == [(1, "二包：猪肉")]


def test_nineteen_days_are_refused_with_the_article_and_pass_under_the_bureaus_rules(session, world):
    earliest = report.proposal(officer(world).bureau_id, "order_87")
    given = {
        "bid_deadline": earliest.bid_deadline.replace() + (today() + timedelta(days=19) - earliest.bid_deadline.date()),
        "documents_until": earliest.documents_until, "questions_until": earliest.documents_until,
    }  # fmt: skip
    made = reviewed(world, **given)
    appoint(world, made.id)
    with pytest.raises(RuleBroken) as refusal:
        tenders.publish(world, made)
    assert refusal.value.rule == "bid_period"
    assert "19 天" in refusal.value.message
    assert "第三十五条" in refusal.value.citation
    assert made.tender.state == "review"
    assert not made.tender.is_public
    passing = published(world, rule_pack="internal", **given)
    assert passing.tender.state == "bidding"


def test_the_bureau_overrides_its_own_figures(session, world):
    admin = reviewer(world)
    policy.save_override(
        admin, new_id(), None, key="internal.tender.bid_period.days", value=Decimal(30), citation="演示文件",
        valid_from=today(), valid_to=None,
    )  # fmt: skip
    assert (report.proposal(admin.bureau_id, "internal").bid_deadline.date() - today()).days >= 30


def test_a_warning_needs_a_reason_that_stays(session, world):
    made = ready(world, requirements="注册资本不低于 100 万元")
    reviewing.submit(officer(world), made.id, made.tender.version)
    appoint(world, made.id)
    with pytest.raises(RuleBroken) as refusal:
        tenders.publish(world, made)
    assert refusal.value.rule == "no_size_condition"
    assert "注册资本" in refusal.value.message
    second = reviewer(world)
    with pytest.raises(Invalid):
        report.waive(second, made.id, None, "no_size_condition", " ")
    for finding in report.open_warnings(second, made.tender, report.report_of(second, made.tender)):
        report.waive(second, made.id, None, finding.rule, "演示理由")
        report.waive(second, made.id, None, finding.rule, "演示理由")
    kept = [row for row in reading.waivers_of(second, made.id) if row.rule == "no_size_condition"]
    assert [(row.reason, row.by_name) for row in kept] == [("演示理由", second.display_name)]
    tenders.publish(world, made)
    assert made.tender.state == "bidding"


def test_a_refusal_cannot_be_passed_over(session, world):
    made = ready(world, budget_fen=1)
    with pytest.raises(RuleBroken) as refusal:
        report.waive(officer(world), made.id, None, "budget", "演示理由")
    assert refusal.value.rule == "budget"


def test_who_wrote_on_it_does_not_publish_it(session, world):
    made = reviewed(world)
    appoint(world, made.id)
    with pytest.raises(RuleBroken) as refusal:
        reviewing.publish(officer(world), made.id, made.tender.version)
    assert refusal.value.rule == "tender_not_drafter"
    second = reviewer(world)
    reviewing.send_back(second, made.id, made.tender.version, "补充说明")
    documents.add_document(second, made.id, new_id(), tenders.PDF, "补充.pdf", title="补充", kind="other")
    reviewing.submit(officer(world), made.id, made.tender.version)
    with pytest.raises(RuleBroken):  # the reviewer has become a writer
        reviewing.publish(second, made.id, made.tender.version)


def test_publication_needs_three_opening_officers(session, world):
    made = reviewed(world)
    with pytest.raises(RuleBroken) as refusal:
        tenders.publish(world, made)
    assert refusal.value.rule == "opening_officers"


def test_publication_shows_everything_at_once_and_only_once(session, world):
    made = ready(world)
    documents.add_document(
        officer(world), made.id, new_id(), tenders.PDF, "a.pdf", title="需求调查", kind="demand_survey"
    )
    with pytest.raises(NotFound):
        public.public_tender(made.bureau_id, made.id)
    reviewing.submit(officer(world), made.id, made.tender.version)
    second = reviewer(world)
    for finding in report.open_warnings(second, made.tender, report.report_of(second, made.tender)):
        report.waive(second, made.id, None, finding.rule, "演示理由")
    appoint(world, made.id)
    second, seen = reviewer(world), made.tender.version
    notice = reviewing.publish(second, made.id, seen)
    assert reviewing.publish(second, made.id, seen).id == notice.id
    shown = public.public_tender(made.bureau_id, made.id)
    assert (len(shown.lots), len(shown.items), len(shown.criteria)) == (2, 2, 6)
    assert [row.title for row in shown.documents] == ["招标文件"]  # the survey is the bureau's own file
    assert [row.number for row in shown.notices] == [notice.number]
    assert notices.is_intact(notice)
    assert notice.ends_on is not None
    assert [row.id for row in public.public_list(made.bureau_id).items] == [made.id]
    assert public.public_list(world.bureaus["b"]).items == []


def test_a_changed_notice_is_found_out(session, world):
    made = published(world)
    notice = notices.notices_of(made.bureau_id, made.id)[0]
    session.expunge(notice)
    notice.body = {**notice.body, "paragraphs": ["改动"]}
    assert not notices.is_intact(notice)


def test_a_dropped_draft_has_no_notice(session, world):
    made = ready(world)
    reviewing.drop(officer(world), made.id, made.tender.version, "不再需要")
    assert made.tender.state == "terminated"
    assert list(notices.notices_of(made.bureau_id, made.id)) == []


def test_a_published_tender_is_edited_no_more(session, world):
    made = published(world)
    actor, version = officer(world), made.tender.version
    with pytest.raises(Conflict):
        drafting.save_tender(actor, made.id, version, **tenders.values(title="改名"))
    with pytest.raises(Conflict):
        drafting.save_lot(actor, made.id, new_id(), version, title="三包")
    with pytest.raises(Conflict):
        documents.add_document(actor, made.id, new_id(), tenders.PDF, "b.pdf", title="替换", kind="tender_document")
    with pytest.raises(Conflict):
        copying.ceilings_from_prices(actor, made.id, version)


def test_every_step_leaves_its_row(session, world):
    made = published(world)
    rows = db.session.query(TenderEvent).filter_by(bureau_id=made.bureau_id, tender_id=made.id).order_by(TenderEvent.id)
    steps = [(row.event, row.from_state, row.to_state) for row in rows]
    assert steps == [("create", "draft", "draft"), ("submit", "draft", "review"), ("publish", "review", "bidding")]
    use_scope(db.session(), world.actor(Role.SUPPLIER_USER).scope)
    with pytest.raises(Exception, match="permission denied"):
        db.session.query(TenderEvent).all()
